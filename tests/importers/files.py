"""Made-up files of every format, as the systems write them."""

import json

ASTERISK = (
    '"","4165550100","101","from-trunk","""Anna Roy"" <4165550100>","PJSIP/t-01","PJSIP/101-02",'
    '"Dial","PJSIP/101,20","2026-10-05 09:49:22","2026-10-05 09:49:32","2026-10-05 09:58:06",'
    '524,514,"ANSWERED","DOCUMENTATION","1791208162.7",""\n'
    '"","101","14165550199","internal","""Desk"" <101>","PJSIP/101-03","PJSIP/t-04","Dial","x",'
    '"2026-10-05 10:00:00","","2026-10-05 10:00:45",45,0,"NO ANSWER","DOCUMENTATION",'
    '"1791208800.8",""\n'
    # two phones ring: one uniqueid, and rows that are the same to the last cell
    '"","101","102","internal","""Desk"" <101>","PJSIP/101-05","PJSIP/102-06","Dial","x",'
    '"2026-10-05 11:00:00","","2026-10-05 11:00:20",20,0,"BUSY","DOCUMENTATION",'
    '"1791212400.9",""\n'
    '"","101","102","internal","""Desk"" <101>","PJSIP/101-05","PJSIP/102-06","Dial","x",'
    '"2026-10-05 11:00:00","","2026-10-05 11:00:20",20,0,"BUSY","DOCUMENTATION",'
    '"1791212400.9",""\n'
)

ASTERISK_CUSTOM = (
    '"""Anna Roy"" <4165550100>","4165550100","101","from-trunk","PJSIP/t-01","PJSIP/101-02",'
    '"Dial","x","2026-10-05 09:49:22","2026-10-05 09:49:32","2026-10-05 09:58:06",524,514,'
    '"ANSWERED","DOCUMENTATION","","1791208162.7","","1"\n'
)

FREESWITCH = (
    '"Anna Roy","4165550100","101","public","2026-10-05 09:49:22","2026-10-05 09:49:32",'
    '"2026-10-05 09:58:06","524","514","NORMAL_CLEARING","0c1d2e3f-0000-4000-8000-000000000001",'
    '"","","opus","opus"\n'
    '"101","101","14165550199","default","2026-10-05 10:00:00","","2026-10-05 10:00:45","45","0",'
    '"ORIGINATOR_CANCEL","0c1d2e3f-0000-4000-8000-000000000002","","","PCMU",""\n'
)

NETSAPIENS = (
    "id,domain,call-direction,call-start-datetime,call-answer-datetime,call-disconnect-datetime,"
    "call-orig-caller-id,call-orig-user,call-orig-from-name,call-term-caller-id,call-term-user,"
    "call-talking-duration-seconds,call-total-duration-seconds,call-disconnect-reason-text\n"
    "n-1,maple,1,2026-10-05T13:49:22+00:00,2026-10-05T13:49:32+00:00,2026-10-05T13:58:06+00:00,"
    "14165550100,,Anna Roy,,101,514,524,Orig: Bye\n"
    "n-2,maple,0,2026-10-05T14:00:00+00:00,,2026-10-05T14:00:45+00:00,,101,Desk,"
    "sip:14165550199@maple,,0,45,Orig: Cancel\n"
)


def _side(call_id: str, number: str | None, user: str, **more: str) -> dict[str, str | None]:
    return {"call_id": call_id, "id": number, "user": user, "domain": "maple", **more}


INTEGRATE_ROWS = [
    {
        "duration": 514,
        "start_time": "2026-10-05 13:49:22",
        "answer_time": "2026-10-05 13:49:32",
        "end_time": "2026-10-05 13:58:06",
        "from": _side("i-1", "+14165550100", "4165550100", name="Anna Roy"),
        "to": _side("i-1b", None, "101"),
    },
    {
        "duration": 0,
        "start_time": "2026-10-05 14:00:00",
        "answer_time": None,
        "end_time": "2026-10-05 14:00:45",
        "from": _side("i-2", None, "101", name="Desk"),
        "to": _side("i-2b", "+14165550199", "14165550199"),
    },
    {  # another leg of the first call
        "duration": 43,
        "start_time": "2026-10-05 13:49:22",
        "answer_time": None,
        "end_time": "2026-10-05 13:50:05",
        "from": _side("i-1", "+14165550100", "4165550100", name="Anna Roy"),
        "to": _side("i-1c", None, "8020"),
    },
]
INTEGRATE = json.dumps(INTEGRATE_ROWS)

CDR_STATS = (
    "switch,cdr_source_type,callid,caller_id_number,caller_id_name,destination_number,dialcode,"
    "state,channel,starting_date,duration,billsec,progresssec,answersec,waitsec,hangup_cause_id,"
    "hangup_cause,direction,country_code,accountcode,buy_rate,buy_cost,sell_rate,sell_cost,"
    "extradata\n"
    "10.0.0.1,1,c-1,4165550100,Anna Roy,+14165550101,1,,,2026-10-05 09:49:22,524,514,,,,16,,1,1,"
    "trunk,,,0.012,0.1028,{}\n"
)
CDR_STATS_SHORT = (
    "4165550100, Anna Roy, 14165550199, 88, 78, 16, 47bbf17a-95f4-11e1-84f9-00231470a30c, "
    "1791208162\n"
    "4165550100, Anna Roy, 14165550199, 5, 0, 17, 47bbf17a-95f4-11e1-84f9-00231470a30d, "
    "1791208200\n"
)
CDR_STATS_LONG = (
    "4165550100, Anna Roy, 01134687217, 90, 11, 16, inbound, 3e308846-9036-11e1-964f-000c296bd875, "
    "10.0.0.1, 1791208162, 1791208162, 1791208262, 12960, 12960, G722, G722\n"
)
CDR_STATS_RATED = (
    '4165550100,14165550199,"ANSWER",25,12,1,2026-10-05 09:49:22\n'
    '4165550100,14165550199,"BUSY",13,0,1,2026-10-05 09:50:00\n'
    "4165550100,14165550199,9,1,2026-10-05 09:50:00\n"
)

CANONICAL = (
    "account_no,call_id,leg_no,direction,start_utc,answer_utc,end_utc,from_number,from_ext,"
    "from_name,to_number,to_ext,duration_s,billable_s,disposition,destination,rate_per_min,charge,"
    "currency\n"
    "001234,k-1,1,out,2026-10-05T13:49:22Z,2026-10-05T13:49:32Z,2026-10-05T13:58:06Z,,101,Desk,"
    "+442071838750,,514,514,ANSWERED,United Kingdom,0.0125,0.107083,CAD\n"
)

BY_FORMAT = {
    "asterisk-csv": ASTERISK,
    "asterisk-custom": ASTERISK_CUSTOM,
    "freeswitch": FREESWITCH,
    "netsapiens-v2": NETSAPIENS,
    "integrate-json": INTEGRATE,
    "cdr-stats": CDR_STATS,
    "canonical": CANONICAL,
}


def asterisk(
    start: str,
    *,
    answer: str = "",
    end: str = "",
    seconds: object = 20,
    src: str = "101",
    dst: str = "4165550199",
    unique: str = "pbx",
) -> str:
    """One row of Asterisk's, of which only that matters which is given."""
    cells = ["", src, dst, "c", f'"" <{src}>', "ch", "dc", "Dial", "x", start, answer, end]
    cells += [str(seconds), "0", "NO ANSWER", "DOCUMENTATION", unique, ""]
    return ",".join(f'"{cell}"'.replace('"" <', '"""" <') for cell in cells) + "\n"
