"""Warnings for other systems: CAP 1.2 documents, cell broadcast texts, and a feed that is listened to.

What the service writes by itself is a draft. Only a sender who proves who it is makes anything else of it.
"""
