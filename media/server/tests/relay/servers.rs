//! Two media servers carry one conference: pictures and voices cross, wishes go back, and whoever is
//! killed comes back.

use crate::common::Meeting;
use crate::common::browser::USUAL;
use crate::common::free_ports;
use crate::{Folder, identity, needed, relaying, trust, until_both};
use media_control::{Rid, Source};
use media_relay::Address;
use media_server::{MediaConfig, RelayConfig};
use std::net::{Ipv4Addr, SocketAddr};

/// Participant 1 on `a` and participant 2 on `b` see and hear each other, layers follow the viewer.
fn expect_one_conference(a: &mut Meeting, b: &mut Meeting) {
    let one = a.join(1, 0, USUAL);
    let two = b.join(2, 0, USUAL);
    a.browsers[one].start_media(20);
    b.browsers[two].start_media(20);
    a.watch(one, &[2], 720);
    b.watch(two, &[1], 720);
    expect_media(a, b, one, two);
    until_both(a, b, "the full layer alone to be needed", |a, _| needed(a) == [Rid::F]);
    b.watch(two, &[1], 120);
    until_both(a, b, "the smallest layer alone to be needed", |a, _| needed(a) == [Rid::Q]);
}

fn expect_media(a: &mut Meeting, b: &mut Meeting, one: usize, two: usize) {
    for source in [Source::Camera, Source::Microphone] {
        let before = (a.heard(one, 2, source), b.heard(two, 1, source));
        until_both(a, b, &format!("{source:?} both ways"), |a, b| {
            a.heard(one, 2, source) >= before.0 + 20 && b.heard(two, 1, source) >= before.1 + 20
        });
    }
}

#[test]
fn conference_spreads_over_two_processes_and_survives_the_end_of_one() {
    let folder = Folder::make();
    let mut a = Meeting::with(relaying("a", Some(folder.socket()), Vec::new()));
    let call = || vec![Address::Unix(folder.socket())];
    let mut b = Meeting::with(relaying("b", None, call()));
    expect_one_conference(&mut a, &mut b);

    drop(b);
    a.until("the participant elsewhere to be gone", |m| {
        m.slot_of(0, 2, Source::Microphone).is_none().then_some(())
    });
    let mut b = Meeting::with(relaying("b", None, call()));
    let two = b.join(3, 0, USUAL);
    b.browsers[two].start_media(20);
    b.watch(two, &[1], 720);
    a.watch(0, &[3], 720);
    until_both(&mut a, &mut b, "pictures and voices again", |a, b| {
        a.heard(0, 3, Source::Camera) >= 20
            && a.heard(0, 3, Source::Microphone) >= 20
            && b.heard(two, 1, Source::Camera) >= 20
    });
}

#[test]
fn key_frame_request_of_a_viewer_elsewhere_reaches_the_sender() {
    let folder = Folder::make();
    let mut a = Meeting::with(relaying("a", Some(folder.socket()), Vec::new()));
    let mut b = Meeting::with(relaying("b", None, vec![Address::Unix(folder.socket())]));
    let one = a.join(1, 0, USUAL);
    a.browsers[one].start_media(20);
    let two = b.join(2, 0, USUAL);
    let keyframes = |m: &Meeting| m.browsers[one].streams.iter().map(|s| s.keyframes).sum::<u64>();
    until_both(&mut a, &mut b, "the first key frames", |a, _| keyframes(a) >= 3);
    let before = keyframes(&a);
    b.watch(two, &[1], 720);
    until_both(&mut a, &mut b, "another key frame, for the viewer elsewhere", |a, b| {
        keyframes(a) > before && b.heard(two, 1, Source::Camera) >= 10
    });
}

fn over_tls(name: &str, listen: Option<(SocketAddr, media_relay::Trust)>, call: Vec<Address>) -> MediaConfig {
    let relay =
        RelayConfig { name: name.to_owned(), listen_unix: None, listen_tls: listen, call, together: 0..0 };
    MediaConfig { relay: Some(relay), ..crate::common::config(1) }
}

#[test]
fn nodes_that_know_each_other_carry_one_conference_over_tls() {
    let (own, other) = (identity(), identity());
    let address: SocketAddr = (Ipv4Addr::LOCALHOST, free_ports(1)).into();
    let mut a =
        Meeting::with(over_tls("a", Some((address, trust(&own, &[other.fingerprint()]))), Vec::new()));
    let known = Address::Tls(address, trust(&other, &[own.fingerprint()]));
    let mut b = Meeting::with(over_tls("b", None, vec![known]));
    expect_one_conference(&mut a, &mut b);
}
