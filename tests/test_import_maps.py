"""`--map` and `--preset`: another product's columns become ours, and a map that errs is told."""

from __future__ import annotations

import pytest
from conftest import Office, Ran


def a_file(office: Office, name: str, text: str) -> str:
    path = office.path.parent / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def imports(office: Office, kind: str, table: str, said: str, *words: str) -> Ran:
    """Import a table by a map."""
    file, chart = a_file(office, "table.csv", table), a_file(office, "chart.toml", said)
    return office("import", kind, file, "--map", chart, *words)


def deals(office: Office) -> list[dict[str, object]]:
    return office.asks("deal", "list", "--status", "all")["rows"]


COLUMNS = '[columns]\nid = "{Key}"\nname = "{Who} {What}"\n'


# What a map can say


def test_templates_make_our_columns_out_of_theirs(office: Office) -> None:
    ran = imports(office, "deals", "Key,Who,What\n7,Ark,  pumps\n8,,pumps\n", COLUMNS)
    assert ran.out == "Imported 2 deals: 2 new, 0 changed, 0 as before.\n"
    assert [(row["ref"], row["name"]) for row in deals(office)] == [
        ("7", "Ark pumps"),
        ("8", "pumps"),
    ]


def test_of_several_templates_the_first_whose_columns_are_there_counts(office: Office) -> None:
    said = COLUMNS + 'customer = ["{Firm}", "{Who}", ""]\nsource = ["{Channel}", ""]\n'
    imports(office, "deals", "Key,Who,What\n7,Ark,pumps\n", said)
    (row,) = deals(office)
    assert (row["customer"], row["source"]) == ("Ark", None)


def test_words_are_put_in_place_of_theirs_whatever_their_case(office: Office) -> None:
    said = COLUMNS + (
        'status = "{State}"\nstage = "{State}"\nclosed_on = "{End}"\n'
        '[words.status]\n"closed won" = "won"\n"*" = "open"\n'
        '[words.stage]\n"Closed Won" = "terms"\n"Pending" = "quoted"\n'
    )
    table = "Key,Who,What,State,End\n7,Ark,a,Closed Won,2026-11-02\n8,Ark,b,PENDING,\n"
    assert imports(office, "deals", table, said).code == 0
    assert [(row["status"], row["stage"]) for row in deals(office)] == [
        ("won", "terms"),
        ("open", "quoted"),
    ]


def test_a_value_may_mean_that_nothing_is_known(office: Office) -> None:
    said = COLUMNS + (
        'amount = "{Sum}"\nstatus = "{State}"\n'
        '[[unknown]]\ncolumn = "amount"\nvalue = "0"\nwhere = { status = "lost" }\n'
    )
    table = "Key,Who,What,Sum,State\n7,Ark,a,0,lost\n8,Ark,b,0,open\n9,Ark,c,5,lost\n"
    imports(office, "deals", table, said)
    assert [row["amount"] for row in deals(office)] == [None, 0, 5]


def test_words_are_looked_up_in_another_table(office: Office) -> None:
    a_file(office, "people.csv", "no,called\n1,Xiao Li\n2,Wang Fang\n")
    said = COLUMNS + (
        'owner = "{By}"\n[lookup.owner]\nfile = "people.csv"\nkey = "no"\nvalue = "called"\n'
    )
    imports(office, "deals", "Key,Who,What,By\n7,Ark,a,2\n8,Ark,b,\n", said)
    assert [row["owner"] for row in deals(office)] == ["Wang Fang", None]
    ran = imports(office, "deals", "Key,Who,What,By\n9,Ark,c,5\n", said)
    assert ran.code == 3
    assert "row 2: '5' is not in people.csv, where the map looks for the owner." in ran.err


def test_rows_that_the_map_skips_are_left_out(office: Office) -> None:
    said = COLUMNS + '[[skip]]\nid = ""\n[[skip]]\nname = "Total"\n'
    table = "Key,Who,What\n7,Ark,a\n,Total of March,\n9,Total,\n"
    assert ": 1 new," in imports(office, "deals", table, said).out


LOG = """deal,when,field,new
1,2026-03-02,opened,2026-03-01
1,2026-03-09,owner,Wang Fang
1,2026-03-04,owner,Xiao Li
2,2026-03-03,opened,2026-03-02
1,2026-03-20,lost,price
"""
OF_LOG = """merge = "when"
[columns]
id = "{deal}"
[[rows]]
where = { field = "opened" }
columns = { name = "Deal {deal}", opened_on = "{new}" }
[[rows]]
where = { field = "owner" }
columns = { owner = "{new}" }
[[rows]]
where = { field = "lost" }
columns = { status = "lost", closed_on = "{when}", lost_reason = "{new}" }
"""


def test_a_change_log_makes_one_deal_of_many_rows_the_last_of_which_counts(office: Office) -> None:
    ran = imports(office, "deals", LOG, OF_LOG)
    assert ran.out == "Imported 2 deals: 2 new, 0 changed, 0 as before.\n"
    one, two = deals(office)
    keys = ("name", "owner", "opened_on", "status", "closed_on", "lost_reason")
    told = ("Deal 1", "Wang Fang", "2026-03-01", "lost", "2026-03-20", "price")
    assert tuple(one[key] for key in keys) == told
    assert (two["owner"], two["status"]) == (None, "open")
    assert ": 0 new, 0 changed, 2 as before" in imports(office, "deals", LOG, OF_LOG).out


def test_a_map_may_be_like_another_and_say_some_of_it_otherwise(office: Office) -> None:
    a_file(office, "base.toml", COLUMNS + 'customer = "{Who}"\nsource = "{What}"\n')
    said = 'like = "base.toml"\n[columns]\nsource = "fair"\n'
    imports(office, "deals", "Key,Who,What\n7,Ark,pumps\n", said)
    (row,) = deals(office)
    assert (row["customer"], row["source"]) == ("Ark", "fair")


def test_a_map_may_be_like_a_preset(office: Office) -> None:
    said = 'like = "hubspot"\n[words.stage]\nPending = "quoted"\n'
    table = "Record ID,Deal Name,Deal Stage,Amount\n7,Ark,Pending,120\n"
    assert imports(office, "deals", table, said).code == 0
    (row,) = deals(office)
    assert (row["ref"], row["stage"], row["amount"]) == ("7", "quoted", 120)


# What a map cannot say


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ('[columns]\nid = "{Key}"\n', "tells the name"),
        ('[columns]\nid = "{Kee}"\nname = "{Who}"\n', "'Kee'"),
        ('[columns]\nid = "{Key}"\nname = "{Who}"\ncolour = "{What}"\n', "'colour'"),
        ('[columns]\nid = 7\nname = "{Who}"\n', "'id'"),
        ('[columns]\nid = "{Key"\nname = "{Who}"\n', "a brace without its other"),
        ('[columns]\nid = []\nname = "{Who}"\n', "'id'"),
        (COLUMNS + "[[skip]]\n", "skip names no column"),
        (COLUMNS + "[paint]\nx = 1\n", "'paint'"),
        (COLUMNS + '[words.colour]\nred = "rot"\n', "'colour'"),
        (COLUMNS + "[words.status]\nred = 7\n", "not a table of texts"),
        (COLUMNS + '[[rows]]\nwhere = { Feld = "x" }\n', "'Feld'"),
        (COLUMNS + '[lookup.owner]\nfile = "none.csv"\nkey = "a"\nvalue = "b"\n', "none.csv"),
        (COLUMNS + '[lookup.owner]\nfile = "table.csv"\nkey = "no"\nvalue = "b"\n', "'no'"),
        ('dates = "dym"\n' + COLUMNS, "'dym'"),
        ('table = "logs"\n' + COLUMNS, "import logs"),
        ('merge = "day"\n' + COLUMNS, "'day'"),
        ("[columns\n", "not TOML"),
        ('like = "nowhere.toml"\n' + COLUMNS, "nowhere.toml"),
        ("like = 7\n" + COLUMNS, "'like'"),
    ],
)
def test_a_map_that_errs_is_one_sentence(office: Office, said: str, word: str) -> None:
    ran = imports(office, "deals", "Key,Who,What\n7,Ark,pumps\n", said)
    assert (ran.code, ran.out) in ((2, ""), (3, ""))
    assert word in ran.err
    assert ran.err.count("\n") == 1
    assert deals(office) == []


def test_maps_that_go_in_a_circle_are_told(office: Office) -> None:
    a_file(office, "a.toml", 'like = "b.toml"\n')
    a_file(office, "b.toml", 'like = "chart.toml"\n')
    ran = imports(office, "deals", "Key\n7\n", 'like = "a.toml"\n')
    assert ran.code == 2
    told = "The maps go in a circle: chart.toml is like a.toml is like b.toml is like chart.toml."
    assert ran.err == f"funnelcli: {told}\n"


def test_a_map_and_a_preset_exclude_each_other(office: Office) -> None:
    ran = imports(office, "deals", "Key\n7\n", COLUMNS, "--preset", "zoho")
    assert (ran.code, ran.out) == (2, "")
    assert "--map" in ran.err
    assert "--preset" in ran.err


# Presets: the header rows that are known, each with one open and one won deal


EXPORTS = {
    "hubspot": [
        (
            "Record ID,Deal Name,Deal Stage,Amount,Deal owner,Close Date,Create Date,"
            "Last Activity Date,Pipeline,Associated Company\n"
            "5001,Ark,quoted,1200,Xiao Li,2026-12-24,2026-10-01,,,Ark Electronics\n"
            "5002,Boat,Closed Won,800,Wang Fang,2026-11-02 10:30,2026-09-01,,,Boat Works\n"
        ),
        (
            "deal_id,deal_pipeline_stage_id,owner_id,property_dealname,property_amount,"
            "property_closedate,property_createdate\n"
            "5001,quoted,Xiao Li,Ark,1200,2026-12-24,2026-10-01\n"
            "5002,closedwon,Wang Fang,Boat,800,2026-11-02,2026-09-01\n"
        ),
    ],
    "pipedrive": [
        (
            "Deal - ID,Deal - Title,Deal - Value,Deal - Currency,Deal - Stage,Deal - Status,"
            "Deal - Owner,Deal - Organization,Deal - Expected close date,Deal - Deal created,"
            "Deal - Won time,Deal - Lost time,Deal - Lost reason\n"
            "5001,Ark,1200,CNY,quoted,Open,Xiao Li,Ark Co,2026-12-24,2026-10-01 09:00:00,,,\n"
            "5002,Boat,800,CNY,terms,Won,Wang Fang,Boat Works,,2026-09-01 09:00:00,"
            "2026-11-02 10:30:00,,\n"
        ),
    ],
    "salesforce": [
        (
            "Id,AccountId,Name,StageName,Amount,Probability,CloseDate,LeadSource,IsClosed,IsWon,"
            "CreatedDate,OwnerId\n"
            "5001,Ark Electronics,Ark,quoted,1200,50,2026-12-24,,FALSE,FALSE,2026-10-01,Xiao Li\n"
            "5002,Boat Works,Boat,Closed Won,800,100,2026-11-02,,TRUE,TRUE,2026-09-01,Wang Fang\n"
        ),
    ],
    "zoho": [
        (
            "Record Id,Deal Name,Account Name,Deal Owner,Closing Date,Stage,Amount,Lead Source,"
            "Created Time,Reason For Loss\n"
            "5001,Ark,Ark Electronics,Xiao Li,2026-12-24,quoted,1200,fair,2026-10-01 09:00:00,\n"
            "5002,Boat,Boat Works,Wang Fang,2026-11-02,Closed Won,800,fair,2026-09-01 09:00:00,\n"
        ),
    ],
}


@pytest.mark.parametrize(
    ("preset", "number"), [(name, n) for name, each in EXPORTS.items() for n in range(len(each))]
)
def test_a_preset_reads_its_products_export(office: Office, preset: str, number: int) -> None:
    table = a_file(office, "export.csv", EXPORTS[preset][number])
    said = office.does("import", "deals", table, "--preset", preset)
    assert said == "Imported 2 deals: 2 new, 0 changed, 0 as before.\n"
    keys = ("ref", "name", "owner", "stage", "status", "amount", "opened_on")
    one, two = deals(office)
    assert tuple(one[key] for key in keys) == (
        *("5001", "Ark", "Xiao Li", "quoted", "open", 1200, "2026-10-01"),
    )
    assert (one["expected_close"], one["closed_on"]) == ("2026-12-24", None)
    assert tuple(two[key] for key in (*keys[:3], "status", "amount", "opened_on")) == (
        *("5002", "Boat", "Wang Fang", "won", 800, "2026-09-01"),
    )
    assert (two["expected_close"], two["closed_on"]) == (None, "2026-11-02")
    again = office.does("import", "deals", table, "--preset", preset)
    assert ": 0 new, 0 changed, 2 as before" in again


def test_a_preset_reads_histories_too_and_says_what_it_reads(office: Office) -> None:
    deal = a_file(office, "deals.csv", "id,name,opened_on\n5001,Ark,2026-10-01\n")
    office.does("import", "deals", deal)
    table = "OpportunityId,CreatedDate,StageName\n5001,10/14/26 08:55 PM,Closed Won\n"
    file = a_file(office, "h.csv", table)
    assert ": 1 new," in office.does("import", "stages", file, "--preset", "salesforce")
    assert office.deal("Ark")["closed_on"] == "2026-10-14"
    ran = office("import", "stages", file, "--preset", "zoho")
    assert ran.code == 3
    assert "reads deals, not stages" in ran.err


# What a reading of tables has to bear


def test_a_change_log_is_put_in_order_of_dates_and_not_of_their_letters(office: Office) -> None:
    table = "id,at,sum\n7,10/13/2026 10:00,900\n7,9/1/2026 10:00,500\n"
    said = 'merge = "at"\n[columns]\nid = "{id}"\nname = "{id}"\namount = "{sum}"\n'
    imports(office, "deals", table, said)
    assert deals(office)[0]["amount"] == 900
    table = "id,at,sum\n8,10,900\n8,9,500\n8,9"
    imports(office, "deals", table, said)
    assert deals(office)[1]["amount"] == 900


def test_one_row_may_tell_of_two_contacts_on_two_deals(office: Office) -> None:
    office.does("import", "deals", a_file(office, "d.csv", "id,name\na,Ark\nb,Boat\n"))
    said = (
        '[[rows]]\ncolumns = { name = "{one}", deal = "{d1}" }\n'
        '[[rows]]\ncolumns = { name = "{two}", deal = "{d2}" }\n'
    )
    assert imports(office, "contacts", "one,d1,two,d2\nZhao,a,Qian,b\n", said).code == 0
    for name, deal in (("Zhao", "Ark"), ("Qian", "Boat")):
        shown = office.does("contact", "show", name)
        assert [each for each in ("Ark", "Boat") if each in shown] == [deal]


def test_a_record_that_several_parts_find_bad_is_written_down_once(office: Office) -> None:
    said = (
        '[columns]\nat = "{at}"\n[[rows]]\ncolumns = { deal = "{d}", text = "{a}" }\n'
        '[[rows]]\ncolumns = { deal = "{d}", text = "{b}" }\n'
    )
    table = "d,at,a,b\nx,2026-11-02,one,\ny,2026-11-02,,two\n"
    ran = imports(office, "logs", table, said, "--skip-bad")
    assert "2 bad rows in" in ran.out
    left = (office.path.parent / "table.bad.csv").read_text(encoding="utf-8-sig")
    assert left.count("\n") == 3


def test_a_column_that_stands_twice_is_refused_where_the_map_names_it(office: Office) -> None:
    said = COLUMNS + 'amount = "{Sum}"\n'
    ran = imports(office, "deals", "Key,Who,What,Sum,Sum\n7,Ark,a,500,1\n", said)
    assert (ran.code, ran.out) == (2, "")
    assert "its header has the column 'Sum' twice" in ran.err
    assert imports(office, "deals", "Key,Who,What,Sum,Sum\n7,Ark,a,5,1\n", COLUMNS).code == 0


def test_what_one_map_skips_and_does_not_know_the_next_one_keeps(office: Office) -> None:
    said = (
        'like = "hubspot"\n[[unknown]]\ncolumn = "source"\nvalue = "-"\n[[skip]]\nname = "Total"\n'
    )
    table = (
        "Record ID,Deal Name,Deal Stage,Close Date,Original Source\n"
        "5001,Ark,quoted,2026-12-24,-\n5002,Total,quoted,,\n"
    )
    ran = imports(office, "deals", table, said)
    assert ran.out.endswith(" 1 row left out by the map.\n")
    (row,) = deals(office)
    assert (row["expected_close"], row["source"]) == ("2026-12-24", None)


def test_a_column_that_is_not_there_reads_as_blank_for_what_is_skipped(office: Office) -> None:
    said = COLUMNS + 'source = ["{Channel}", ""]\n[[skip]]\nsource = ""\n'
    assert ": 0 new," in imports(office, "deals", "Key,Who,What\n7,Ark,a\n", said).out


def test_a_lookup_for_a_column_that_is_not_there_is_not_asked(office: Office) -> None:
    a_file(office, "people.csv", "no,called\n1,Xiao Li\n")
    said = COLUMNS + (
        'owner = ["{By}", ""]\n[lookup.owner]\nfile = "people.csv"\nkey = "no"\nvalue = "called"\n'
    )
    assert imports(office, "deals", "Key,Who,What\n7,Ark,a\n", said).code == 0
    a_file(office, "people.csv", "no,called\n1,Xiao Li\n1,Wang Fang\n")
    ran = imports(office, "deals", "Key,Who,What,By\n7,Ark,a,1\n", said)
    assert "people.csv has '1' twice, with different called." in ran.err


def test_a_fault_names_the_tables_own_column(office: Office) -> None:
    ran = imports(office, "deals", "Key,Who,What,End\n7,Ark,a,soon\n", COLUMNS + ENDS)
    assert "row 2, End (expected_close): 'soon' is not a date" in ran.err
    ran = imports(office, "deals", "Key,Who,What,End\n7,Ark,a,1/2/2026\n", COLUMNS + ENDS)
    assert "The column End (expected_close) of" in ran.err


ENDS = 'expected_close = "{End}"\n'


def test_one_column_of_theirs_that_is_two_of_ours_is_looked_at_as_one(office: Office) -> None:
    table = (
        "Record ID,Deal Name,Deal Stage,Close Date\n"
        "5001,Ark,quoted,12/24/2026\n5002,Boat,Closed Won,11/02/2026\n"
    )
    office.does("import", "deals", a_file(office, "h.csv", table), "--preset", "hubspot")
    assert [(row["expected_close"], row["closed_on"]) for row in deals(office)] == [
        ("2026-12-24", None),
        (None, "2026-11-02"),
    ]
