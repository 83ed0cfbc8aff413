from recovery_flows.cross_border.plans import missing_fields


def test_missing_fields_are_named_in_the_order_the_law_asks_for_them() -> None:
    given: dict[str, object] = {"facts": "  ", "account": "x", "persons": [], "purpose": None}
    required = ("account", "facts", "persons", "purpose", "order_copy")
    assert missing_fields(required, given) == ("facts", "persons", "purpose", "order_copy")


def test_zero_and_no_are_answers() -> None:
    assert missing_fields(("amount", "secret"), {"amount": 0, "secret": False}) == ()
