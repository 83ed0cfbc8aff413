"""Whether an XML statement follows a schema: a warning, never a reason not to read it.

Banks send files that no schema accepts and everybody can read. The schemas are ISO 20022's own
(https://www.iso20022.org); this program ships none.
"""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from recovery_flows.caller import open_named
from recovery_flows.errors import MisuseError


def read_schema(path: Path) -> etree.XMLSchema:
    """An XML schema from a file; MisuseError where it is none."""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        with open_named(path) as stream:
            return etree.XMLSchema(etree.parse(stream, parser))
    except OSError as error:
        raise MisuseError(f"schema {path} cannot be read: {error}") from error
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        raise MisuseError(f"{path.name} is not an XML schema: {error}") from error


def against_schema(path: Path, schema: etree.XMLSchema) -> str:
    """The first departure of a file from the schema, with its line; "" if there is none."""
    with open_named(path) as stream:
        if not stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            return "not an XML file by itself: the schema says nothing of what is inside"
        stream.seek(0)
        options = {"resolve_entities": False, "no_network": True, "huge_tree": False}
        try:
            for _, element in etree.iterparse(stream, schema=schema, **options):
                element.clear()
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
        except etree.XMLSyntaxError as error:
            return str(error.msg)
    return ""
