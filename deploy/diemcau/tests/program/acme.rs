//! ACME against Pebble, the test authority of Let's Encrypt.
//!
//! Needs the program `pebble` on the path or named by DIEMCAU_TEST_PEBBLE; without it the test
//! says so and proves nothing. `go install github.com/letsencrypt/pebble/v2/cmd/pebble@latest`.

use crate::place::{Place, Server, free_port};
use crate::visitor::{Visitor, shown, wait_shown};
use std::ffi::OsString;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Life of the certificates that the authority issues: renewed after 16 s.
const LIFE_S: u32 = 24;

/// A running authority; killed when dropped.
struct Authority(Child);

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn pebble() -> Option<OsString> {
    let named = std::env::var_os("DIEMCAU_TEST_PEBBLE");
    let program = named.unwrap_or_else(|| "pebble".into());
    let answers = Command::new(&program).arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    answers.is_ok().then_some(program)
}

/// Starts an authority that looks for proofs at `port` of the names; answers its directory.
fn start(program: OsString, place: &Place, port: &str) -> (Authority, String) {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("made");
    let (chain, key) = (place.0.join("pebble.pem"), place.0.join("pebble-key.pem"));
    std::fs::write(&chain, own.cert.pem()).expect("written");
    std::fs::write(&key, own.signing_key.serialize_pem()).expect("written");
    let listen = free_port();
    let settings = serde_json::json!({"pebble": {
        "listenAddress": format!("127.0.0.1:{listen}"),
        "managementListenAddress": format!("127.0.0.1:{}", free_port()),
        "certificate": chain, "privateKey": key,
        "httpPort": 1, "tlsPort": port.parse::<u16>().expect("a port"),
        "retryAfter": {"authz": 1, "order": 1},
        "profiles": {"default": {"description": "short", "validityPeriod": LIFE_S}},
    }});
    let file = place.0.join("pebble.json");
    std::fs::write(&file, settings.to_string()).expect("written");
    let child = Command::new(program)
        .arg("-config")
        .arg(&file)
        .env("PEBBLE_VA_NOSLEEP", "1")
        .env("PEBBLE_WFE_NONCEREJECT", "0")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the authority starts");
    let authority = Authority(child);
    let until = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(format!("127.0.0.1:{listen}")).is_err() {
        assert!(Instant::now() < until, "the authority does not listen");
    }
    (authority, format!("https://localhost:{listen}/dir"))
}

#[test]
fn certificate_comes_from_the_authority_and_is_renewed_while_people_are_connected() {
    let Some(program) = pebble() else {
        eprintln!("skipped: pebble is not installed, ACME was not tried");
        return;
    };
    let place = Place::new("acme");
    let http = free_port();
    let (_authority, directory) = start(program, &place, &http);
    let root = format!("acme.root={}", place.0.join("pebble.pem").display());
    let directory = format!("acme.directory={directory}");
    let arguments = ["serve", "--set", "http.names=localhost", "--set", &directory, "--set", &root];
    let server = Server::start_at(&place, &http, &arguments, "Ctrl+C");
    let stored = || {
        let chain = std::fs::read(place.data().join("tls/acme.pem")).ok()?;
        use rustls::pki_types::{CertificateDer, pem::PemObject as _};
        Some(CertificateDer::from_pem_slice(&chain).ok()?.to_vec())
    };
    let first =
        wait_shown(server.port, "the first certificate", |seen| stored().is_some_and(|own| own == seen));
    let mut early = Visitor::connect(server.port);
    let second = wait_shown(server.port, "the renewed certificate", |seen| seen != first);
    assert_eq!(stored().expect("there"), second);
    assert!(early.get("/healthz").ends_with("ok\n"), "the old connection goes on");
    for file in ["acme-account.json", "acme-key.pem"] {
        let mode =
            std::fs::metadata(place.data().join("tls").join(file)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert!(server.stop());

    // A stored certificate is shown at once, without asking again.
    let again = Server::start_at(&place, &http, &arguments, "Ctrl+C");
    assert_eq!(Some(shown(again.port)), stored());
    assert!(again.stop());
}
