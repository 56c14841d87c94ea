//! Two servers as two nodes: each believes the certificate of the other, and their relays connect.

use crate::place::{Place, Server, free_port, lines};
use crate::visitor::Visitor;
use std::time::{Duration, Instant};

/// What `diemcau relay identity` prints.
fn identity(place: &Place) -> String {
    let output = place.run(&["relay", "identity"]);
    assert!(output.status.success(), "{:?}", lines(&output.stderr));
    let printed = lines(&output.stdout);
    assert_eq!(printed.len(), 1, "{printed:?}");
    assert!(
        printed[0].len() == 64 && printed[0].bytes().all(|digit| digit.is_ascii_hexdigit()),
        "{printed:?}"
    );
    printed[0].clone()
}

fn node(place: &Place, settings: &[String]) -> Server {
    let mut arguments = vec!["serve"];
    for setting in settings {
        arguments.extend(["--set", setting]);
    }
    Server::start(place, &arguments, "Ctrl+C")
}

/// The line of the metrics that tells of so many other nodes.
fn nodes(count: u32) -> String {
    format!("vc_relay_peers{{way=\"tls\"}} {count}")
}

/// Waits until the metrics of `server` hold `line`.
fn until(server: &Server, line: &str) {
    until_one(server, line, |found| found == line);
}

/// Waits until a line of the metrics of `server` is what `is_it` looks for.
fn until_one(server: &Server, what: &str, is_it: impl Fn(&str) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let metrics = Visitor::connect(server.port).get("/metrics");
        if metrics.lines().any(&is_it) {
            return;
        }
        let relay: Vec<_> = metrics.lines().filter(|found| found.contains("relay")).collect();
        assert!(Instant::now() < deadline, "waited in vain for {what:?}: {relay:#?}");
        std::thread::yield_now();
    }
}

#[test]
fn two_nodes_that_name_each_other_connect_over_tls_and_find_each_other_again() {
    let (here, there) = (Place::new("node-a"), Place::new("node-b"));
    let (a, b) = (identity(&here), identity(&there));
    assert_eq!(a, identity(&here), "the identity stays");
    assert_ne!(a, b);
    let port = free_port();
    let listening = [format!("relay.listen=127.0.0.1:{port}"), format!("relay.trusted={b}")];
    let calling = [format!("relay.peers=127.0.0.1:{port}"), format!("relay.trusted={a}")];

    let second = node(&there, &calling);
    let first = node(&here, &listening);
    until(&first, &nodes(1));
    until(&second, &nodes(1));
    assert!(first.stop());
    until(&second, &nodes(0));
    let first = node(&here, &listening);
    until(&second, &nodes(1));
    until(&first, &nodes(1));
    assert!(second.stop() && first.stop());
}

#[test]
fn node_that_is_not_named_is_turned_away_before_it_says_a_word() {
    let (here, stranger) = (Place::new("node-c"), Place::new("node-d"));
    let (a, _) = (identity(&here), identity(&stranger));
    let port = free_port();
    let somebody_else = "ab".repeat(32);
    let first =
        node(&here, &[format!("relay.listen=127.0.0.1:{port}"), format!("relay.trusted={somebody_else}")]);
    let second = node(&stranger, &[format!("relay.peers=127.0.0.1:{port}"), format!("relay.trusted={a}")]);
    // It calls again and again.
    let refused = "vc_relay_cut_total{reason=\"broken\"} ";
    until_one(&first, refused, |line| {
        line.strip_prefix(refused).and_then(|count| count.parse().ok()).is_some_and(|count: u64| count >= 2)
    });
    until(&first, &nodes(0));
    assert!(second.stop() && first.stop());
}

#[test]
fn settings_of_the_relay_that_cannot_work_are_told_with_the_way_out() {
    let place = Place::new("node-settings");
    let mut arguments = vec!["check-config"];
    let port = free_port();
    arguments.extend(["--http-port", &port, "--set", "relay.listen=here", "--set", "relay.peers=10.0.0.6"]);
    arguments.extend(["--set", "relay.trusted=abc", "--set", "relay.private_key=/nowhere/key.pem"]);
    let output = place.run(&arguments);
    assert_eq!(output.status.code(), Some(2));
    let said = lines(&output.stderr);
    for part in [
        "relay.listen: \"here\" is no address with a port; write it like \"10.20.0.6:8500\"",
        "relay.peers: \"10.0.0.6\" is no address with a port",
        "relay.trusted: \"abc\" is no SHA-256 of a certificate; write the 64 hexadecimal digits",
        "relay.private_key: relay.certificate is missing",
    ] {
        assert!(said.iter().any(|line| line.contains(part)), "{part}: {said:#?}");
    }
    assert_eq!(said.len(), 4, "{said:#?}");

    let alone =
        ["--set", "relay.peers=10.0.0.6:8500", "--set", "media.processes=1", "--set", "media.shards=1"];
    let output = place.run(&[&["check-config", "--http-port", &port], &alone[..]].concat());
    let said = lines(&output.stderr);
    for part in [
        "relay.peers: nobody is believed, relay.trusted is empty",
        "media.processes: the relay between nodes",
    ] {
        assert!(said.iter().any(|line| line.contains(part)), "{part}: {said:#?}");
    }
    let trusted = format!("relay.trusted={}", "0f".repeat(32));
    let output = place.run(&["check-config", "--http-port", &port, "--set", &trusted]);
    let said = lines(&output.stderr);
    assert!(said.iter().any(|line| line.contains("no node is listened to or called")), "{said:#?}");
}
