"""The chain earthquake, slope and lake, dam, mudflow: event by event, each link's probability in the open."""
