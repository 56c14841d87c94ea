//! Legs made from the offer of a program: in either DTLS role, over loss, with an ICE restart of theirs.
//!
//! Runs in simulated time; nothing here may sleep or open a socket.

mod simulation;

use media_core::error::TransportFailure;
use media_core::packet::rtp::RtpHeader;
use media_core::transport::{Proto, SrtpProfile, TransportEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile as Offered;
use simulation::browser::BrowserKind;
use simulation::network::{Fate, Network, credentials};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

fn passive(srtp: Vec<Offered>) -> BrowserKind {
    BrowserKind { srtp, is_passive: true, ..BrowserKind::default() }
}

/// Media in both directions through the negotiated keys, against the independent SRTP.
fn exchange_media(network: &mut Network) {
    let mut halves = network.server.srtp().expect("keys are out");
    let (opens, seals) = network.browser.keys.as_mut().unwrap();
    let clear = [&[0x80, 97, 0, 7, 0, 0, 0, 1, 0, 0, 0, 9][..], b"media"].concat();
    let sealed = seals.encrypt_rtp(&clear).unwrap();
    let mut out = [0; 200];
    let header = RtpHeader::parse(&sealed).unwrap();
    let opened = halves.receiver.open_rtp(&header, &sealed, &mut out).unwrap();
    assert_eq!(&out[..opened.payload_len], b"media");
    let len = halves.sender.seal_rtp(7, &clear[..12], b"me", b"dia", &mut out).unwrap();
    assert_eq!(&opens.decrypt_rtp(&out[..len]).unwrap()[..], &clear[..]);
}

#[test]
fn passive_program_is_greeted_and_its_choice_of_profile_taken() {
    for (srtp, expected) in [
        (Offered::Srtp_Aes128_Cm_Hmac_Sha1_80, SrtpProfile::Aes128CmSha1_80),
        (Offered::Srtp_Aead_Aes_128_Gcm, SrtpProfile::AeadAes128Gcm),
    ] {
        let mut network = Network::answering(passive(vec![srtp]), None);
        assert!(network.run(PATIENCE, Network::is_connected));
        let is_expected = |e: &TransportEvent| matches!(e, TransportEvent::Connected { profile, .. } if *profile == expected);
        assert!(network.events.iter().any(is_expected), "{:?}", network.events);
        exchange_media(&mut network);
    }
}

#[test]
fn program_that_says_hello_itself_is_awaited() {
    for proto in [Proto::Udp, Proto::Tcp] {
        let mut network = Network::answering(BrowserKind { proto, ..BrowserKind::default() }, None);
        assert!(network.run(PATIENCE, Network::is_connected));
        exchange_media(&mut network);
    }
}

#[test]
fn every_datagram_of_ours_may_be_lost_once() {
    let kind = || passive(vec![Offered::Srtp_Aead_Aes_128_Gcm]);
    let mut calm = Network::answering(kind(), None);
    assert!(calm.run(PATIENCE, Network::is_connected));
    let ours: Vec<usize> = (0..calm.dtls.len()).filter(|at| !calm.dtls[*at].0).collect();
    assert!(ours.len() >= 3, "{ours:?}");
    for lost in ours {
        let fates = move |at, _: bool, _: &[u8]| if at == lost { Fate::Drop } else { Fate::Deliver };
        let mut network = Network::answering(kind(), None).with_fates(fates);
        assert!(network.run(PATIENCE, Network::is_connected), "datagram {lost}");
        exchange_media(&mut network);
    }
}

#[test]
fn certificate_that_the_offer_did_not_announce_ends_the_leg() {
    let wrong = ["00"; 32].join(":");
    let mut network = Network::answering(passive(vec![Offered::Srtp_Aead_Aes_128_Gcm]), Some(&wrong));
    network.run(PATIENCE, |n| !n.events.is_empty());
    let failure = TransportFailure::FingerprintMismatch;
    assert_eq!(network.events, [TransportEvent::Failed { failure }]);
}

#[test]
fn program_restarts_ice_and_media_goes_on() {
    let mut network = Network::answering(passive(vec![Offered::Srtp_Aead_Aes_128_Gcm]), None);
    assert!(network.run(PATIENCE, Network::is_connected));
    let local = "198.51.100.8:50001".parse().unwrap();
    network.browser.move_to(network.now, local, None);
    let theirs = network.browser.credentials();
    network.server.restarted_by_peer(network.now, credentials("2"), &theirs).unwrap();
    assert!(network.server.fragment().contains("a=ice-ufrag:srv2\r\n"));
    network.browser.check(network.now, &credentials("2"));
    let has_moved = |n: &Network| n.server.path().is_some_and(|path| path.remote == local);
    assert!(network.run(PATIENCE, has_moved));
    exchange_media(&mut network);
    let short = media_core::transport::IceCredentials { ufrag: "x".into(), pwd: "y".into() };
    assert!(network.server.restarted_by_peer(network.now, credentials("3"), &short).is_err());
}
