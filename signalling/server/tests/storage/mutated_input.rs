//! Bytes from outside never bring the server down: frames, API bodies, headers, tokens, and stored
//! rows that somebody edited.
//!
//! The stable, short run of the targets of `signalling/fuzz`: starts from its corpus, changes bytes
//! by a fixed seed, and reads the result. A crash found by either becomes a corpus file.

use conference::{Event, PersonId, Role};
use media_control::{ConferenceId, ParticipantId};
use signalling_server::auth::{ServerKey, token};
use signalling_server::fuzz::{TARGETS, Target};
use signalling_server::journal::decode_event;
use signalling_server::session::resume;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Mutations of each corpus file.
const ROUNDS: u32 = 1000;
/// Set to 1 to write the seeds that hold a signature.
const UPDATE: &str = "UPDATE_CORPUS";

/// xorshift64*: the same bytes on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>, others: &[Vec<u8>]) {
        const TOKENS: [&str; 14] = [
            "null",
            "-1",
            "1e999",
            "18446744073709551616",
            "\"",
            "{}",
            "[]",
            "{\"type\":",
            "\\u0000",
            "\\ud800",
            ",",
            "true",
            "\u{301}",
            "99999999999999999999999999",
        ];
        let at = self.below(bytes.len() + 1);
        match self.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 => bytes.truncate(at),
            2 => {
                let token = TOKENS[self.below(TOKENS.len())];
                bytes.splice(at..at, token.bytes());
            }
            3 if at < bytes.len() => {
                let end = at + self.below(bytes.len() - at).min(12);
                bytes.drain(at..end);
            }
            4 => {
                let other = &others[self.below(others.len())];
                bytes.truncate(at);
                bytes.extend_from_slice(&other[self.below(other.len() + 1)..]);
            }
            _ => {
                let nested = "[".repeat(self.below(300));
                bytes.splice(at..at, nested.bytes());
            }
        }
    }
}

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target)
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let place = folder(target);
    let mut files: Vec<_> = std::fs::read_dir(place).expect("corpus").flatten().map(|f| f.path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).expect("corpus file")).collect()
}

/// Gives every corpus file and its mutations to the target; how many it accepted.
fn feed((name, target): Target) -> usize {
    let corpus = corpus(name);
    assert!(!corpus.is_empty(), "{name} lacks its corpus");
    let mut dice = Dice(0x6469_656d_2063_6175);
    let mut accepted = 0;
    for bytes in &corpus {
        for round in 0..ROUNDS {
            let mut bytes = bytes.clone();
            for _ in 0..round.min(1 + round % 4) {
                dice.mutate(&mut bytes, &corpus);
            }
            match catch_unwind(AssertUnwindSafe(|| target(&bytes))) {
                Ok(is_accepted) => accepted += usize::from(is_accepted),
                Err(_) => panic!("{name} panicked; make this a corpus file: {}", bytes.escape_ascii()),
            }
        }
    }
    accepted
}

#[test]
fn no_parser_of_outside_bytes_panics() {
    for target in TARGETS {
        let accepted = feed(target);
        assert!(accepted > 50, "{}: only {accepted} accepted, the corpus is stale", target.0);
    }
}

#[test]
fn corpus_holds_every_kind_of_row() {
    let mut kinds = std::collections::BTreeSet::new();
    for body in corpus("event_row") {
        if let Ok(event) = decode_event(1, &String::from_utf8_lossy(&body)) {
            let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(&event) else {
                panic!("an event is an object")
            };
            kinds.insert(fields["type"].to_string());
        }
    }
    assert_eq!(kinds.len(), 41, "{kinds:?}");
    // A new variant must be added here and to the corpus.
    let one_of_each = |event: &Event| match event {
        Event::Opened { .. } | Event::Adjusted { .. } | Event::Reopened {} => 0,
        Event::Cancelled { .. } | Event::Restored { .. } => 0,
        Event::ProgrammeLost { .. } | Event::ProgrammeBack { .. } => 0,
        Event::LiveOpened { .. } | Event::LiveClosed { .. } => 0,
        Event::Joined(_) | Event::WaitingStarted { .. } => 0,
        Event::Admitted { .. } | Event::WaitingEnded { .. } | Event::Reconnecting { .. } => 1,
        Event::Returned { .. } | Event::Left { .. } | Event::MediaSet { .. } | Event::Muted { .. } => 2,
        Event::HandRaised { .. } | Event::HandLowered { .. } | Event::ChatPosted { .. } => 3,
        Event::LockSet { .. } | Event::DoorOpened { .. } | Event::WaitingRoomSet { .. } => 4,
        Event::Ended { .. } => 5,
        Event::AllMuted { .. } | Event::MuteUndone { .. } | Event::MicrophonesSet { .. } => 6,
        Event::Floor(_)
        | Event::StageSet { .. }
        | Event::PictureArranged { .. }
        | Event::CaptionSet { .. }
        | Event::KindSet { .. }
        | Event::Presiding(_) => 7,
        Event::Agenda(_) | Event::ChapterWritten { .. } | Event::RollCall(_) | Event::Patrol(_) => 8,
        Event::SitesInvited { .. } | Event::Seated { .. } | Event::SitesCalled { .. } => 9,
    };
    assert_eq!(one_of_each(&Event::Reopened {}), 0);
}

#[test]
fn signed_seeds_are_believed_until_a_byte_changes() {
    let (key, hop) = (ServerKey::new([7; 32]), ConferenceId::new("hop").expect("a good id"));
    let claims = token::Claims {
        conference: hop.clone(),
        person: PersonId(1),
        name: "Phòng họp xã Tân Mỹ".to_owned(),
        unit: String::new(),
        role: Role::Secretary,
        site: None,
        guest: false,
        expires_ms: i64::MAX,
    };
    let resume = || resume::issue(&key, &hop, PersonId(1), ParticipantId(3), 0);
    if std::env::var_os(UPDATE).is_some_and(|value| value == "1") {
        std::fs::write(folder("credentials").join("token"), token::issue(&key, &claims)).expect("written");
        std::fs::write(folder("credentials").join("resume"), resume()).expect("written");
    }
    for name in ["token", "resume"] {
        let mut seed = std::fs::read(folder("credentials").join(name)).expect("seed");
        let target = signalling_server::fuzz::credentials;
        assert!(target(&seed), "{name} is of an older form: run this test with {UPDATE}=1");
        for at in 0..seed.len() {
            seed[at] ^= 1;
            assert!(!target(&seed), "{name}, byte {at}");
            seed[at] ^= 1;
        }
    }
}
