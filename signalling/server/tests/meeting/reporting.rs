//! Reports are reopened by other readers and compared with what was marked.

use crate::running::{post, stage};
use crate::stage::bearer;
use calamine::{Data, Reader as _, Xlsx};
use conference::Role;
use serde_json::json;
use std::io::{Cursor, Write as _};
use std::process::{Command, Stdio};

/// What was found: site, result, people, note.
const FOUND: [(&str, &str, u32, &str); 3] = [
    ("bg-tan-my", "present", 12, "Nguyễn Thị Ỷ Ậu – Sở NN&PTNT"),
    ("bg-nghia-phuong", "no_sound", 7, "=1+1"),
    ("bg-lan-mau", "absent", 0, "mất điện, đã báo trước"),
];

#[tokio::test]
async fn roll_call_sheet_says_the_same_in_all_three_forms() {
    let stage = stage().await;
    let token = stage.token("hop", "Thư ký", Role::Secretary).await;
    let roll = "/api/v1/conferences/hop/roll-call";
    post(&stage, roll, &token, &json!({})).await;
    for (site, result, people, note) in FOUND {
        let body = json!({"result": result, "people": people, "note": note});
        assert_eq!(post(&stage, &format!("{roll}/{site}"), &token, &body).await.status, 200);
    }
    let clerk = bearer(&stage.token("hop", "Văn thư", Role::Clerk).await);
    let file = |form: &'static str| {
        let (stage, clerk) = (&stage, &clerk);
        async move {
            let path = format!("/api/v1/conferences/hop/reports/roll-call.{form}");
            let answer = stage.http().get(&path, &[("authorization", clerk)]).await;
            assert_eq!(answer.status, 200, "{form}");
            answer.body
        }
    };

    let text = String::from_utf8(file("csv").await).expect("UTF-8");
    let table = text.strip_prefix('\u{feff}').expect("a byte-order mark");
    let mut lines = csv::Reader::from_reader(table.as_bytes());
    let read: Vec<csv::StringRecord> = lines.records().map(|line| line.expect("a line")).collect();
    assert_eq!(read.len(), FOUND.len());
    for (line, (site, result, people, note)) in read.iter().zip(FOUND) {
        let harmless = if note.starts_with('=') { format!("'{note}") } else { note.to_owned() };
        assert_eq!(
            (&line[1], &line[5], &line[6], &line[8]),
            (site, result, &*people.to_string(), &*harmless)
        );
    }

    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file("xlsx").await)).expect("a workbook");
    let range = book.worksheet_range_at(0).expect("a sheet").expect("is read");
    let rows: Vec<&[Data]> = range.rows().filter(|row| matches!(row[0], Data::Float(_))).collect();
    for (row, (site, result, people, note)) in rows.iter().zip(FOUND) {
        let said = (row[1].to_string(), row[5].to_string(), &row[6], row[8].to_string());
        assert_eq!(said, (site.to_owned(), result.to_owned(), &Data::Float(people.into()), note.to_owned()));
    }
    assert_eq!(rows.len(), FOUND.len());

    let pdf = file("pdf").await;
    assert!(pdf.starts_with(b"%PDF-"));
    let Some(said) = text_of(&pdf) else {
        eprintln!("pdftotext of poppler-utils is not here: the text of the PDF is not looked at");
        return;
    };
    let letters = |text: &str| text.split_whitespace().collect::<String>();
    let said = letters(&said);
    for (_, _, people, note) in FOUND {
        assert!(said.contains(&letters(note)) && said.contains(&people.to_string()), "{note}: {said}");
    }
    for word in ["Phiếu điểm danh điểm cầu", "Xã Nghĩa Phương", "Không tiếng"] {
        assert!(said.contains(&letters(word)), "{word}: {said}");
    }
}

/// The text of a PDF as poppler reads it, cell after cell.
fn text_of(pdf: &[u8]) -> Option<String> {
    let mut reader = Command::new("pdftotext")
        .args(["-raw", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    reader.stdin.take().expect("is piped").write_all(pdf).expect("is read");
    let output = reader.wait_with_output().expect("ends");
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}

#[tokio::test]
async fn attendance_equals_what_happened() {
    let stage = stage().await;
    let mut chair = stage.join("hop", "Chủ tịch", Role::Chair).await;
    let site = stage.join("hop", "Xã Tân Mỹ", Role::SiteOperator).await;
    chair.done(json!({"type": "grant_floor", "participant": site.participant})).await;
    stage.hand.advance(std::time::Duration::from_secs(95));
    chair.done(json!({"type": "release_floor"})).await;
    drop(site);
    chair.changed(2, |p| p["presence"] == "reconnecting").await;
    let token = bearer(&chair.token);
    let path = "/api/v1/conferences/hop/reports/attendance.csv";
    let answer = stage.http().get(path, &[("authorization", &token)]).await;
    let text = String::from_utf8(answer.body).expect("UTF-8");
    let mut lines = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let read: Vec<csv::StringRecord> = lines.records().map(|line| line.expect("a line")).collect();
    let site = read.iter().find(|line| &line[1] == "Xã Tân Mỹ").expect("was there");
    assert_eq!(
        (&site[3], &site[7], &site[8], &site[9], &site[10]),
        ("Xã Tân Mỹ", "00:01:35", "1", "1", "00:01:35")
    );
    assert_eq!(read.iter().filter(|line| &line[1] == "Vắng").count(), 2);

    let listener = bearer(&stage.token("hop", "Người nghe", Role::Listener).await);
    assert_eq!(stage.http().get(path, &[("authorization", &listener)]).await.status, 403);
    assert_eq!(stage.http().get(path, &[]).await.status, 401);
    let unknown = "/api/v1/conferences/hop/reports/x.csv";
    assert_eq!(stage.http().get(unknown, &[("authorization", &token)]).await.status, 404);
}

#[tokio::test]
async fn end_report_tells_who_was_there_who_spoke_and_who_did_what() {
    let stage = stage().await;
    let secretary = bearer(&stage.token("hop", "Thư ký", Role::Secretary).await);
    let mut chair = stage.join("hop", "Chủ tịch", Role::Chair).await;
    let site = stage.join("hop", "Xã Tân Mỹ", Role::SiteOperator).await;
    let items = json!([{"title": "Khai mạc", "speakers": "", "minutes": 10}]);
    chair.done(json!({"type": "set_agenda", "items": items})).await;
    chair.done(json!({"type": "open_item", "item": 1})).await;
    chair.done(json!({"type": "grant_floor", "participant": site.participant})).await;
    stage.hand.advance(std::time::Duration::from_secs(90));
    chair.done(json!({"type": "release_floor"})).await;
    chair.done(json!({"type": "close_item"})).await;
    chair.done(json!({"type": "mute_all"})).await;
    drop(site);
    let away = |f: &serde_json::Value| f["delta"]["participant"]["presence"] == "reconnecting";
    chair.until(away).await;
    let path = "/api/v1/conferences/hop/reports/end";
    let headers = [("authorization", secretary.as_str())];
    let report = stage.http().get(&format!("{path}.json"), &headers).await.json();
    assert_eq!(report["title"], "Giao ban tuần");
    assert_eq!(
        (&report["people"][1]["name"], &report["people"][1]["spoke_ms"]),
        (&json!("Xã Tân Mỹ"), &json!(90_000))
    );
    assert_eq!(
        (&report["floor"][0]["site"], &report["floor"][0]["spoke_ms"]),
        (&json!("Xã Tân Mỹ"), &json!(90_000))
    );
    let item = &report["agenda"][0];
    assert_eq!((&item["title"], &item["took_ms"]), (&json!("Khai mạc"), &json!(90_000)));
    let tan_my = report["sites"].as_array().expect("sites").iter().find(|site| site["id"] == "bg-tan-my");
    assert_eq!(tan_my.expect("is invited")["present_ms"], 90_000);
    let lost = &report["incidents"][0];
    assert_eq!((&lost["what"], &lost["who"]), (&json!("connection_lost"), &json!("Xã Tân Mỹ")));
    let acts: Vec<_> = report["acts"].as_array().expect("acts").iter().map(|act| &act["what"]).collect();
    assert_eq!(acts, ["item_opened", "floor_granted", "all_muted"]);
    assert_eq!(report["acts"][1]["on"], "Xã Tân Mỹ");
    // The three forms say the same.
    let csv = stage.http().get(&format!("{path}.csv"), &headers).await.body;
    let csv = String::from_utf8(csv).expect("UTF-8");
    for words in ["Phát biểu", "Mất kết nối", "Mời phát biểu", "00:01:30", "Dự kiến 10 phút"]
    {
        assert!(csv.contains(words), "{words}: {csv}");
    }
    assert!(stage.http().get(&format!("{path}.pdf"), &headers).await.body.starts_with(b"%PDF-"));
    assert_eq!(&stage.http().get(&format!("{path}.xlsx"), &headers).await.body[..2], b"PK");
}
