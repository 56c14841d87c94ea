//! The program as an operator meets it: what it prints, with which exit status, on a real machine.

use crate::place::{Place, Server, free_port, lines};
use std::net::TcpListener;
use std::path::Path;

#[test]
fn all_problems_come_one_a_line_with_status_2() {
    let place = Place::new("problems");
    let taken = TcpListener::bind("[::]:0").or_else(|_| TcpListener::bind("0.0.0.0:0")).expect("a port");
    let port = taken.local_addr().expect("bound").port().to_string();
    std::fs::write(place.data(), "a file where the folder should be").expect("written");
    let output = place.run(&["check-config", "--http-port", &port, "--media-port", &free_port()]);
    assert_eq!(output.status.code(), Some(2));
    let said = lines(&output.stderr);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("diemcau: data folder ") && said[0].contains("not a directory"), "{said:?}");
    assert!(said[1].starts_with(&format!("diemcau: HTTPS port {port} (TCP): is in use")), "{said:?}");

    let serve = place.run(&["serve", "--http-port", &port, "--media-port", &free_port()]);
    assert_eq!((serve.status.code(), lines(&serve.stderr).len()), (Some(2), 2));
}

#[test]
fn wrong_settings_and_a_bad_machine_are_told_together() {
    let place = Place::new("settings");
    std::fs::write(place.data(), "a file where the folder should be").expect("written");
    let http = free_port();
    let settings = ["--http-port", &http, "--set", "media.port=70000", "--set", "log.fromat=json"];
    let output = place.run(&[&["check-config"], &settings[..]].concat());
    assert_eq!(output.status.code(), Some(2));
    let said = lines(&output.stderr);
    assert_eq!(said.len(), 3, "{said:?}");
    for part in ["did you mean `log.format`?", "media.port: \"70000\" is no whole number", "data folder "] {
        assert!(said.iter().any(|line| line.contains(part)), "{part}: {said:?}");
    }
}

#[test]
fn check_config_leaves_nothing_behind() {
    let place = Place::new("check");
    let (http, media) = (free_port(), free_port());
    let output = place.run(&["check-config", "--http-port", &http, "--media-port", &media]);
    assert!(output.status.success(), "{:?}", lines(&output.stderr));
    assert!(!place.data().exists());
    let left: Vec<_> = std::fs::read_dir(&place.0).expect("there").collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn demo_prints_the_link_and_nine_accounts_each_time() {
    let place = Place::new("demo");
    let accounts = |server: &Server| -> Vec<String> {
        server.printed.iter().filter(|line| line.starts_with("    ")).cloned().collect()
    };
    let first = Server::start(&place, &["serve", "--demo"], "Ctrl+C");
    assert!(first.printed.iter().any(|line| line.ends_with("/c/demo")), "{:?}", first.printed);
    assert_eq!(accounts(&first).iter().filter(|line| !line.contains("https://")).count(), 9);
    let told = accounts(&first);
    assert!(first.stop());

    let again = Server::start(&place, &["serve", "--demo"], "Ctrl+C");
    let passwords = |lines: &[String]| {
        lines.iter().filter(|line| !line.contains("https://")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(passwords(&accounts(&again)), passwords(&told));

    // Beside the running server.
    let token = place.run(&["token", "--conference", "demo", "--name", "Phòng họp", "--role", "delegate"]);
    assert!(token.status.success(), "{:?}", lines(&token.stderr));
    assert_eq!(lines(&token.stdout).len(), 1);
    assert!(lines(&token.stderr).iter().any(|line| line.contains("/c/demo#token=")));
    assert!(place.run(&["journal", "verify"]).status.success());
    assert!(again.stop());
}

#[test]
fn without_demo_there_is_no_account_and_no_conference() {
    let place = Place::new("bare");
    let server = Server::start(&place, &["serve"], "Ctrl+C");
    let token = place.run(&["token", "--conference", "demo", "--name", "x", "--role", "chair"]);
    assert_eq!(token.status.code(), Some(1));
    assert!(lines(&token.stderr)[0].contains("there is no conference `demo`"));
    assert!(!place.data().join("demo-accounts.json").exists());
    assert!(server.stop());
}

#[test]
fn first_administrator_needs_a_strong_password_and_a_free_name() {
    let place = Place::new("admin");
    let weak = place.admin_create("quantri", "ngan");
    assert_eq!(weak.status.code(), Some(1));
    assert!(lines(&weak.stderr)[0].contains("at least 14 are needed"), "{:?}", lines(&weak.stderr));
    let made = place.admin_create("quantri", "Mật khẩu dài 14");
    assert!(made.status.success(), "{:?}", lines(&made.stderr));
    let again = place.admin_create("QuanTri", "Mật khẩu dài 14");
    assert_eq!(again.status.code(), Some(1));
    assert!(lines(&again.stderr)[0].contains("already"));
}

#[test]
fn data_folder_is_closed_to_other_users() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new("mode");
    let server = Server::start(&place, &["serve", "--demo"], "Ctrl+C");
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&place.data()), 0o700);
    for file in ["secret", "demo-accounts.json", "tls/root-key.pem", "tls/server-key.pem", "journal.key"] {
        assert_eq!(mode(&place.data().join(file)), 0o600, "{file}");
    }
    assert!(server.stop());
}

#[test]
fn logo_that_cannot_be_used_is_told_before_anything_starts() {
    let place = Place::new("logo");
    let head = |width: u32| {
        let mut head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        head.extend(width.to_be_bytes().into_iter().chain(64_u32.to_be_bytes()));
        head
    };
    let file = place.0.join("logo.png");
    let setting = format!("mixer.logo={}", file.display());
    let (http, media) = (free_port(), free_port());
    let check = || {
        let ports = ["--http-port", &http, "--media-port", &media];
        let output = place.run(&[&["check-config", "--set", &setting], &ports[..]].concat());
        (output.status.code(), lines(&output.stderr).join("\n"))
    };
    let refused = |what: &str| {
        let (code, said) = check();
        assert!(code == Some(2) && said.contains("logo.png: ") && said.contains(what), "{what}: {said}");
    };
    refused("cannot be read");
    for (bytes, what) in [
        (b"GIF89a".to_vec(), "is no PNG picture"),
        (head(1_025), "is 1025 × 64 pixels, at most 1024 × 1024 are taken"),
        (vec![0; (1 << 20) + 1], "has 1048577 bytes, at most 1048576 are taken"),
    ] {
        std::fs::write(&file, bytes).expect("written");
        refused(what);
    }
    std::fs::write(&file, head(64)).expect("written");
    assert_eq!(check().0, Some(0));
}
