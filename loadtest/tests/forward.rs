//! The program against the server of the same build: ten receivers for two seconds get everything.
//!
//! No speed is asserted: the machine does much else meanwhile.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

#[test]
fn ten_receivers_get_every_packet_and_the_result_has_its_keys() {
    let program = Path::new(env!("CARGO_BIN_EXE_loadtest"));
    let server = program.with_file_name("diemcau");
    assert!(server.is_file(), "no {}: build the whole workspace first", server.display());
    let file = std::env::temp_dir().join(format!("loadtest-{}.json", std::process::id()));
    let output = Command::new(program)
        .args(["forward", "--receivers", "10", "--seconds", "2", "--peers", "no-such-server"])
        .arg("--diemcau")
        .arg(&server)
        .arg("--json")
        .arg(&file)
        .output()
        .expect("the program starts");
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    let result: Value = serde_json::from_slice(&std::fs::read(&file).expect("a result")).expect("JSON");
    let _ = std::fs::remove_file(&file);
    assert_eq!(result["delivered_ratio"], 1.0, "{said}\n{result:#}");
    for key in ["us_cpu_per_packet", "kib_per_receiver", "forward_delay_ms_p99"] {
        assert!(result[key].as_f64().is_some_and(|it| it > 0.0), "{key}: {result:#}");
    }
    assert_eq!(result["about"]["servers"]["diemcau"]["packets_unknown"], 0, "{result:#}");
    assert!(result["about"]["skipped"]["no-such-server"].is_string(), "{said}");
    assert!(said.contains("no-such-server"), "{said}");
}
