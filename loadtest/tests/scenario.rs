//! `loadtest scenario` from the file to the report, against the server of the same build.
//!
//! Small ones: that everything that a scenario may hold is played and told. No speed is asserted.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("loadtest-{}-{name}", std::process::id()))
}

fn scenario(arguments: &[&str]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_loadtest"));
    let server = program.with_file_name("diemcau");
    assert!(server.is_file(), "no {}: build the whole workspace first", server.display());
    let mut command = Command::new(program);
    command.arg("scenario").args(arguments).arg("--diemcau").arg(server);
    command.output().expect("the program starts")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Late comers, a bad link, one that becomes narrow, somebody who speaks, some who leave.
const EVERYTHING: &str = r#"
title = "Everything at once"
seconds = 5
profile = "spaced"

[link.bad.down]
loss_percent = 2
delay_ms = 20
jitter_ms = 5

[link.narrow.down]
rate_kbps = 900

[[group]]
name = "delegates"
count = 2
sends = "simulcast"

[[group]]
name = "sites"
count = 3
within_s = 0.5
watches = { stage = 720, thumbnails = 1 }

[[group]]
name = "mountains"
count = 1
link = "bad"
watches = { stage = 360 }

[[group]]
name = "late"
count = 1
at_s = 0.5
watches = { stage = 180 }

[[event]]
at_s = 1
group = "delegates"
speaks = true

[[event]]
at_s = 2
group = "mountains"
link = "narrow"

[[event]]
at_s = 4
group = "mountains"
link = "good"

[[event]]
at_s = 4.5
group = "late"
leaves = true

[[figure]]
name = "speaker_seen_ratio"
least = 0.5

[[figure]]
name = "narrowed_queue_ms_p95"
most = 10000
"#;

#[test]
fn everything_that_a_scenario_may_hold_is_played_and_told() {
    let (toml, json, html) = (file("everything.toml"), file("everything.json"), file("everything.html"));
    std::fs::write(&toml, EVERYTHING).expect("a scenario");
    let paths = [&toml, &json, &html].map(|it| it.to_str().expect("a path").to_owned());
    let output = scenario(&[&paths[0], "--json", &paths[1], "--html", &paths[2]]);
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    let result: Value = serde_json::from_slice(&std::fs::read(&json).expect("a result")).expect("JSON");
    let page = std::fs::read_to_string(&html).expect("a page");
    [toml, json, html].iter().for_each(|it| drop(std::fs::remove_file(it)));
    let case = &result["cases"][0];
    assert_eq!(case["server"], "diemcau", "{said}");
    let run = &case["runs"][0];
    assert!(run["packets_received"].as_u64().is_some_and(|it| it > 1_000), "{said}\n{result:#}");
    assert_eq!(run["packets_unknown"], 0, "{said}");
    assert!(run["pictures_whole"].as_u64().is_some_and(|it| it > 100), "{result:#}");
    for name in ["speaker_ms_p95", "narrowed_queue_ms_p95", "jitter_ms_p95", "join_to_picture_ms_p95"] {
        assert!(case["figures"][name].is_number(), "{name}: {said}");
    }
    assert!(said.contains("reached speaker_seen_ratio"), "{said}");
    assert!(page.contains("Loss, % of the packets") && page.contains("<polyline"), "a page with plots");
}

#[test]
fn medians_and_a_baseline_go_through() {
    let (json, baseline) = (file("runs.json"), file("baseline.json"));
    let paths = [&json, &baseline].map(|it| it.to_str().expect("a path").to_owned());
    let flags = [
        "bursts",
        "--receivers",
        "2",
        "--seconds",
        "1",
        "--runs",
        "2",
        "--json",
        &paths[0],
        "--baseline",
        &paths[1],
    ];
    let output = scenario(&[&flags[..], &["--save"]].concat());
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    let result: Value = serde_json::from_slice(&std::fs::read(&json).expect("a result")).expect("JSON");
    let kept: Value = serde_json::from_slice(&std::fs::read(&baseline).expect("kept")).expect("JSON");
    [json, baseline].iter().for_each(|it| drop(std::fs::remove_file(it)));
    let receivers: Vec<_> =
        result["cases"].as_array().expect("cases").iter().map(|it| it["receivers"].clone()).collect();
    assert_eq!(receivers, [2], "{said}");
    assert_eq!(result["cases"][0]["runs"].as_array().map(Vec::len), Some(2));
    assert!(said.contains("bursts 2: no earlier run"), "{said}");
    let kept = &kept["bursts 2"];
    assert!(kept["figures"]["us_cpu_per_packet"].as_f64().is_some_and(|it| it > 0.0), "{kept:#}");
    assert!(kept["command"].as_str().is_some_and(|it| it.contains("scenario")), "{kept:#}");
}

#[test]
fn a_scenario_that_cannot_be_read_is_told_with_its_line() {
    let toml = file("wrong.toml");
    std::fs::write(&toml, "title = \"x\"\nseconds = 5\nreceivers = 7\n").expect("a scenario");
    let output = scenario(&[toml.to_str().expect("a path")]);
    let _ = std::fs::remove_file(&toml);
    let told = said(&output);
    assert!(!output.status.success() && told.contains("line 3") && told.contains("`group`"), "{told}");
    let nowhere = said(&scenario(&["no-such-scenario"]));
    assert!(nowhere.contains("bursts, spaced, curve"), "{nowhere}");
}
