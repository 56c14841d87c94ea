//! A leg meets a real ICE agent and DTLS client on a simulated network: profiles, loss, forgery.
//!
//! Runs in simulated time; nothing here may sleep or open a socket.

mod simulation;

use media_core::error::TransportFailure;
use media_core::packet::rtp::RtpHeader;
use media_core::transport::{Proto, SrtpProfile, TransportEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile as Offered;
use simulation::browser::BrowserKind;
use simulation::network::{Fate, Network, answer, server_addr};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

fn profile_of(network: &Network) -> Option<SrtpProfile> {
    network.events.iter().find_map(|event| match event {
        TransportEvent::Connected { profile, .. } => Some(*profile),
        _ => None,
    })
}

/// Media in both directions through the negotiated keys, against the independent SRTP.
fn exchange_media(network: &mut Network) {
    let mut halves = network.server.srtp().expect("keys are out");
    assert!(network.server.srtp().is_none(), "keys are handed out once");
    let (opens, seals) = network.browser.keys.as_mut().unwrap();
    let clear = [&[0x80, 96, 0, 7, 0, 0, 0, 1, 0, 0, 0, 9][..], b"media"].concat();
    let sealed = seals.encrypt_rtp(&clear).unwrap();
    let mut out = [0; 200];
    let header = RtpHeader::parse(&sealed).unwrap();
    let opened = halves.receiver.open_rtp(&header, &sealed, &mut out).unwrap();
    assert_eq!(&out[..opened.payload_len], b"media");
    let len = halves.sender.seal_rtp(7, &clear[..12], b"me", b"dia", &mut out).unwrap();
    assert_eq!(&opens.decrypt_rtp(&out[..len]).unwrap()[..], &clear[..]);
}

#[test]
fn best_offered_profile_is_taken_whatever_the_clients_order() {
    let (sha1, gcm256, gcm128) = (
        Offered::Srtp_Aes128_Cm_Hmac_Sha1_80,
        Offered::Srtp_Aead_Aes_256_Gcm,
        Offered::Srtp_Aead_Aes_128_Gcm,
    );
    for (srtp, expected) in [
        (vec![sha1, gcm256, gcm128], SrtpProfile::AeadAes128Gcm),
        (vec![sha1, gcm256], SrtpProfile::AeadAes256Gcm),
        (vec![sha1], SrtpProfile::Aes128CmSha1_80),
    ] {
        let mut network = Network::new(BrowserKind { srtp, ..BrowserKind::default() });
        network.answer();
        assert!(network.run(PATIENCE, Network::is_connected));
        assert_eq!(profile_of(&network), Some(expected));
        exchange_media(&mut network);
    }
}

#[test]
fn client_without_a_profile_of_ours_fails_with_its_reason() {
    let srtp = vec![Offered::Srtp_Aes128_Cm_Hmac_Sha1_32];
    let mut network = Network::new(BrowserKind { srtp, ..BrowserKind::default() });
    network.answer();
    network.run(PATIENCE, |n| !n.events.is_empty());
    let failure = TransportFailure::NoSrtpProfile;
    assert_eq!(network.events, [TransportEvent::Failed { failure }]);
}

#[test]
fn handshake_completes_over_tcp() {
    let mut network = Network::new(BrowserKind { proto: Proto::Tcp, ..BrowserKind::default() });
    network.answer();
    assert!(network.run(PATIENCE, Network::is_connected));
    assert_eq!(network.server.path().map(|path| path.proto), Some(Proto::Tcp));
    exchange_media(&mut network);
}

#[test]
fn handshake_completes_over_ipv6() {
    let mut network = Network::new(BrowserKind::default());
    network.browser.server = "[2001:db8::1]:7000".parse().unwrap();
    let local = "[2001:db8::99]:5000".parse().unwrap();
    network.browser.move_to(network.now, local, None);
    network.answer();
    assert!(network.run(PATIENCE, Network::is_connected));
}

/// Every DTLS datagram of an undisturbed handshake, counted, then disturbed one by one.
fn check_each_disturbed(mtu: usize, fate: Fate) {
    let kind = BrowserKind { mtu, ..BrowserKind::default() };
    let mut calm = Network::new(kind.clone());
    calm.answer();
    assert!(calm.run(PATIENCE, Network::is_connected));
    let count = calm.dtls.len();
    assert!(count >= 6, "only {count} datagrams");
    for index in 0..count {
        let mut network = Network::new(kind.clone())
            .with_fates(move |at, _, _| if at == index { fate } else { Fate::Deliver });
        network.answer();
        let start = network.now;
        let is_done = network.run(PATIENCE, Network::is_connected);
        let (to_server, bytes) = &network.dtls[index];
        let what = format!("datagram {index} of {count}, to server {to_server}, type {}, {fate:?}", bytes[0]);
        assert!(is_done, "{what}: never connected");
        let took = network.now - start;
        assert!(took < Duration::from_secs(2), "{what}: took {took:?}");
        exchange_media(&mut network);
    }
}

#[test]
fn handshake_survives_the_loss_of_any_one_datagram() {
    check_each_disturbed(1200, Fate::Drop);
}

#[test]
fn handshake_with_fragmented_hello_survives_the_loss_of_any_one_datagram() {
    check_each_disturbed(140, Fate::Drop);
}

#[test]
fn handshake_survives_any_one_datagram_repeated_or_overtaken() {
    for fate in [Fate::Duplicate, Fate::Delay] {
        check_each_disturbed(1200, fate);
        check_each_disturbed(140, fate);
    }
}

#[test]
fn handshake_survives_a_fifth_of_all_datagrams_lost() {
    for seed in 0..40u64 {
        // xorshift: the same seed always loses the same datagrams.
        let mut state = seed * 2 + 0x9e37_79b9_7f4a_7c15;
        let mut network = Network::new(BrowserKind::default()).with_fates(move |_, _, _| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            if state % 5 == 0 { Fate::Drop } else { Fate::Deliver }
        });
        network.answer();
        assert!(network.run(PATIENCE, Network::is_connected), "seed {seed}");
    }
}

#[test]
fn lost_server_flight_is_sent_again_at_the_clients_first_repeat() {
    let mut lost = 0;
    let mut network = Network::new(BrowserKind::default()).with_fates(move |_, to_server, bytes| {
        // ServerHello, twice.
        let is_flight = !to_server && bytes[0] == 22 && bytes[13] == 2;
        lost += u32::from(is_flight);
        if is_flight && lost <= 2 { Fate::Drop } else { Fate::Deliver }
    });
    network.answer();
    let start = network.now;
    assert!(network.run(PATIENCE, Network::is_connected));
    assert!(network.now - start < Duration::from_secs(1), "took {:?}", network.now - start);
    assert_eq!(network.server.counters().dtls_flight_resent, 2);
}

#[test]
fn resends_stop_at_their_limit_and_the_leg_fails_at_its_deadline() {
    let mut network = Network::new(BrowserKind::default()).with_fates(|_, to_server, bytes| {
        if !to_server && bytes[0] == 22 && bytes[13] == 2 { Fate::Drop } else { Fate::Deliver }
    });
    network.answer();
    let hello = |n: &Network| n.dtls.iter().rev().find(|(up, b)| *up && b[0] == 22).cloned();
    network.run(Duration::from_secs(2), |_| false);
    let (_, hello) = hello(&network).unwrap();
    let path = network.server.path().unwrap();
    for _ in 0..50 {
        network.server.handle_datagram(network.now, path.local, path.remote, path.proto, &hello);
    }
    assert_eq!(network.server.counters().dtls_flight_resent, 10);
    assert!(network.server.counters().dtls_resend_exhausted > 0);
    network.run(Duration::from_secs(40), |n| !n.events.is_empty());
    let failure = TransportFailure::ConnectDeadline;
    assert_eq!(network.events, [TransportEvent::Failed { failure }]);
}

#[test]
fn certificate_with_another_fingerprint_is_refused_and_no_keys_come_out() {
    let mut network = Network::new(BrowserKind::default());
    let mut wrong = network.browser.fingerprint();
    let first = if wrong.starts_with('0') { "1" } else { "0" };
    wrong.replace_range(0..1, first);
    let text = answer(&network.browser.credentials(), &wrong);
    network.server.set_answer(network.now, &text).unwrap();
    network.browser.check(network.now, &simulation::network::credentials("1"));
    network.run(PATIENCE, |n| !n.events.is_empty());
    let failure = TransportFailure::FingerprintMismatch;
    assert_eq!(network.events, [TransportEvent::Failed { failure }]);
    assert!(network.server.srtp().is_none());
}

#[test]
fn close_of_the_browser_is_reported_at_once() {
    let mut network = Network::new(BrowserKind::default());
    network.answer();
    assert!(network.run(PATIENCE, Network::is_connected));
    network.browser.close(network.now);
    let closed = |n: &Network| n.events.contains(&TransportEvent::Closed);
    assert!(network.run(Duration::from_millis(50), closed));
    let before = network.server.counters().after_end;
    let peer = simulation::network::browser_addr();
    network.server.handle_datagram(network.now, server_addr(), peer, Proto::Udp, &[0; 20]);
    assert_eq!(network.server.counters().after_end, before + 1);
}
