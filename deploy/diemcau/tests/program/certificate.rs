//! Certificates of the running program: replaced files, what `check-config` says, what it warns of.

use crate::place::{Place, Server, free_port, lines};
use crate::visitor::{Visitor, shown, wait_shown};
use std::path::PathBuf;

/// Writes a certificate for `names` that holds until 1 January of `year`; answers its DER.
fn write_pair(place: &Place, names: &[&str], year: i32) -> Vec<u8> {
    let owned: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = rcgen::CertificateParams::new(owned).expect("names");
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(year, 1, 1);
    let key = rcgen::KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("signed");
    std::fs::write(place.0.join("own-key.pem"), key.serialize_pem()).expect("written");
    std::fs::write(place.0.join("own.pem"), certificate.pem()).expect("written");
    certificate.der().to_vec()
}

/// Settings that name the files of [`write_pair`].
fn own_files(place: &Place) -> [String; 4] {
    let set = |key: &str, file: PathBuf| format!("{key}={}", file.display());
    let chain = set("http.certificate", place.0.join("own.pem"));
    let key = set("http.private_key", place.0.join("own-key.pem"));
    ["--set".to_owned(), chain, "--set".to_owned(), key]
}

#[test]
fn replaced_files_are_shown_and_open_connections_stay() {
    let place = Place::new("reload");
    let first = write_pair(&place, &["localhost"], 2040);
    let settings = own_files(&place);
    let mut arguments = vec!["serve"];
    arguments.extend(settings.iter().map(String::as_str));
    let server = Server::start(&place, &arguments, "Ctrl+C");
    let mut early = Visitor::connect(server.port);
    assert_eq!(early.certificate(), first);

    std::fs::write(place.0.join("own.pem"), "half a file").expect("written");
    server.reload();
    let failures = |visitor: &mut Visitor| {
        visitor.get("/metrics").lines().any(|line| line == "vc_tls_reload_failures_total 1")
    };
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !failures(&mut early) {
        assert!(std::time::Instant::now() < until, "the bad file was not noticed");
    }
    assert_eq!(shown(server.port), first, "a bad file replaces nothing");

    let second = write_pair(&place, &["localhost"], 2041);
    server.reload();
    wait_shown(server.port, "the new certificate", |seen| seen == second);
    assert!(early.get("/readyz").ends_with("ready\n"), "the old connection goes on");
    assert_eq!(early.certificate(), first);
    let metrics = early.get("/metrics");
    let left = metrics.lines().find_map(|line| line.strip_prefix("vc_tls_certificate_expires_seconds "));
    let left: f64 = left.expect("the metric is there").parse().expect("a number");
    assert!(left > 365.0 * 86_400.0, "{left}");
    assert!(server.stop());
}

#[test]
fn check_config_warns_of_an_old_certificate_and_a_missing_name_and_still_says_yes() {
    let place = Place::new("old");
    write_pair(&place, &["hop.example.vn"], 2021);
    let settings = own_files(&place);
    let (http, media) = (free_port(), free_port());
    let mut arguments = vec!["check-config", "--http-port", &http, "--media-port", &media];
    arguments.extend(settings.iter().map(String::as_str));
    arguments.extend(["--set", "http.names=hop.example.vn,khac.example.vn"]);
    let output = place.run(&arguments);
    assert!(output.status.success(), "{:?}", lines(&output.stderr));
    let said = lines(&output.stderr);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("is not valid now, it ends on 2021-01-01"), "{said:?}");
    assert!(said[1].contains("does not cover khac.example.vn"), "{said:?}");
}
