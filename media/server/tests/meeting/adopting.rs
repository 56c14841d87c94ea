//! A connection that came to another port (that of HTTPS) finds the shard of its leg.

use crate::common::browser::{Kind, USUAL};
use crate::common::link::Link;
use crate::common::{Meeting, config};
use media_control::{MediaEvent, ShardId, Source, Via};
use media_server::{MediaConfig, OPENING_BYTES, Opening};
use std::io::Read as _;
use std::net::{TcpListener, TcpStream};

const OVER_TCP: Kind = Kind { over_tcp: true, ..USUAL };

/// Reads until it is known what the connection is.
fn look(meeting: &Meeting, stream: &mut TcpStream) -> (Opening, Vec<u8>) {
    let mut held = Vec::new();
    while meeting.server.look(&held) == Opening::Incomplete {
        assert!(held.len() < OPENING_BYTES);
        let mut byte = [0];
        assert_eq!(stream.read(&mut byte).expect("it comes"), 1);
        held.extend_from_slice(&byte);
    }
    (meeting.server.look(&held), held)
}

/// A browser of participant 1 on shard 1, come through `listener`.
fn through(meeting: &mut Meeting, listener: &TcpListener) -> usize {
    let one = meeting.enter(1, 1, OVER_TCP);
    meeting.browsers[one].link = Link::tcp(listener.local_addr().expect("bound"));
    let (mut stream, _) = listener.accept().expect("it connects");
    meeting.run();
    meeting.run();
    let (found, held) = look(meeting, &mut stream);
    assert_eq!(found, Opening::Leg(ShardId(1)));
    meeting.server.adopt(ShardId(1), stream, &held).expect("room");
    one
}

#[test]
fn leg_meets_others_through_the_port_of_https() {
    let mut meeting = Meeting::new(2);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let one = through(&mut meeting, &listener);
    let leg = meeting.browsers[one].leg;
    let via = meeting.until("the leg to connect", |m| {
        m.events.iter().find_map(|e| match e {
            MediaEvent::LegConnected { leg: of, via, .. } if *of == leg => Some(*via),
            _ => None,
        })
    });
    assert_eq!(via, Via::Tcp);
    let two = meeting.join(2, 0, USUAL);
    for index in [one, two] {
        meeting.browsers[index].start_media(20);
    }
    meeting.watch(one, &[2], 360);
    meeting.watch(two, &[1], 360);
    meeting.until_more(one, 2, Source::Camera, 20);
    meeting.until_more(two, 1, Source::Camera, 20);
}

#[test]
fn connection_for_no_shard_of_ours_is_told_from_one_for_a_leg() {
    let mut meeting = Meeting::new(1);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let one = meeting.enter(1, 0, OVER_TCP);
    // A fragment that names the second of one shard.
    meeting.browsers[one].offer.ufrag.replace_range(..1, "B");
    meeting.browsers[one].link = Link::tcp(listener.local_addr().expect("bound"));
    let (mut stream, _) = listener.accept().expect("it connects");
    meeting.run();
    meeting.run();
    assert_eq!(look(&meeting, &mut stream).0, Opening::Foreign);
    assert_eq!(meeting.server.look(b"GET / HTTP/1.1"), Opening::Foreign);
}

#[test]
fn adopted_connection_that_names_no_leg_disturbs_nobody() {
    let mut meeting = Meeting::new(2);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let one = through(&mut meeting, &listener);
    for seed in 0..200u8 {
        let stranger = TcpStream::connect(listener.local_addr().expect("bound")).expect("connects");
        let (stream, _) = listener.accept().expect("it connects");
        drop(stranger);
        // Whatever was held, the shard checks it again.
        let _ = meeting.server.adopt(ShardId(1), stream, &[0, 2, seed, seed, 0xff, 0xff]);
    }
    meeting.until("the leg to connect", |m| m.browsers[one].is_connected().then_some(()));
}

#[test]
fn offer_names_the_port_of_https_as_the_last_resort() {
    let offered = |https_port| {
        let mut meeting = Meeting::with(MediaConfig { https_port, ..config(1) });
        let one = meeting.enter(1, 0, USUAL);
        meeting.browsers[one].offer.text.clone()
    };
    assert!(offered(Some(443)).contains(" 127.0.0.1 443 typ host tcptype passive"));
    assert!(!offered(None).contains(" 443 typ host"));
}
