"""A schema only ever warns: what banks send is read whether it follows one or not."""

import json
from pathlib import Path
from typing import Any

FILES = Path(__file__).parents[1] / "data" / "statements"
SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
  targetNamespace="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
  xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
  <xs:element name="Document"><xs:complexType><xs:sequence>
    <xs:element name="BkToCstmrStmt"><xs:complexType><xs:sequence>
      <xs:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>"""


def told(run: Any, schema: Path, *names: str) -> list[dict[str, Any]]:
    files = [str(FILES / name) for name in names]
    said = run("intake", "statement", *files, "--dry-run", "--schema", str(schema), "--json")
    assert said.code == 0, said.err
    return list(json.loads(said.out))


def test_a_departure_from_the_schema_is_a_warning_with_its_line(run: Any, tmp_path: Path) -> None:
    (tmp_path / "camt.xsd").write_text(SCHEMA, encoding="utf-8")
    follows, departs, other = told(
        run, tmp_path / "camt.xsd", "01_version_08.xml", "01_version_02.xml", "06_07_13_mt940.sta"
    )
    assert follows["warnings"] == []
    assert "does not follow camt.xsd: Element" in departs["warnings"][-1]
    assert departs["entries"] > 0
    assert not any("camt.xsd" in warning for warning in other["warnings"])


def test_what_is_no_schema_is_said_so(run: Any, tmp_path: Path) -> None:
    (tmp_path / "no.xsd").write_text("<a/>", encoding="utf-8")
    file = str(FILES / "01_version_08.xml")
    said = run("intake", "statement", file, "--dry-run", "--schema", str(tmp_path / "no.xsd"))
    assert said.code == 2
    assert "no.xsd is not an XML schema" in said.sentence()
