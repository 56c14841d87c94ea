//! JSON from outside never brings the server down: stored rows that somebody edited, and frames
//! from clients. Starts from the corpus, changes bytes by a fixed seed, and reads the result.

use conference::{Event, State, evolve};
use media_control::ConferenceId;
use signalling_server::journal::{decode_event, encode_event};
use signalling_server::protocol::ClientMessage;
use std::path::Path;

/// Mutations of each corpus file.
const ROUNDS: u32 = 1000;

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

/// Gives every corpus file of `folder` and its mutations to `read`; how many it accepted.
fn feed(folder: &str, mut read: impl FnMut(&str) -> bool) -> usize {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(place).expect("corpus").flatten().map(|f| f.path()).collect();
    files.sort();
    let corpus: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).expect("corpus file")).collect();
    assert!(corpus.len() >= 10, "{folder} lacks its corpus");
    let mut dice = Dice(0x6469_656d_2063_6175);
    let mut accepted = 0;
    for bytes in &corpus {
        for round in 0..ROUNDS {
            let mut bytes = bytes.clone();
            for _ in 0..round.min(1 + round % 4) {
                dice.mutate(&mut bytes, &corpus);
            }
            accepted += usize::from(read(&String::from_utf8_lossy(&bytes)));
        }
    }
    accepted
}

#[test]
fn edited_rows_are_read_or_refused_and_carried_out() {
    let mut state = State::new(ConferenceId::new("hop").expect("a good id"));
    let accepted = feed("event", |body| {
        assert!(decode_event(0, body).is_err() && decode_event(2, body).is_err());
        let Ok(event) = decode_event(1, body) else { return false };
        assert_eq!(decode_event(1, &encode_event(&event)).expect("own row"), event);
        evolve(&mut state, &event);
        true
    });
    assert!(accepted > 50, "only {accepted} accepted: the corpus is stale");
}

#[test]
fn corpus_holds_every_kind_of_row() {
    let mut kinds = std::collections::BTreeSet::new();
    feed("event", |body| {
        if let Ok(event) = decode_event(1, body) {
            let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(&event) else {
                panic!("an event is an object")
            };
            kinds.insert(fields["type"].to_string());
        }
        true
    });
    assert_eq!(kinds.len(), 17, "{kinds:?}");
    // A new variant must be added here and to the corpus.
    let one_of_each = |event: &Event| match event {
        Event::Opened { .. } | Event::Reopened {} | Event::Joined(_) | Event::WaitingStarted { .. } => 0,
        Event::Admitted { .. } | Event::WaitingEnded { .. } | Event::Reconnecting { .. } => 1,
        Event::Returned { .. } | Event::Left { .. } | Event::MediaSet { .. } | Event::Muted { .. } => 2,
        Event::HandRaised { .. } | Event::HandLowered { .. } | Event::ChatPosted { .. } => 3,
        Event::LockSet { .. } | Event::WaitingRoomSet { .. } | Event::Ended { .. } => 4,
    };
    assert_eq!(one_of_each(&Event::Reopened {}), 0);
}

#[test]
fn client_frames_are_read_or_refused() {
    let accepted = feed("client", |text| {
        let Ok(message) = serde_json::from_str::<ClientMessage>(text) else { return false };
        let again = serde_json::to_string(&message).expect("plain values");
        assert_eq!(serde_json::from_str::<ClientMessage>(&again).expect("own frame"), message);
        true
    });
    assert!(accepted > 50, "only {accepted} accepted: the corpus is stale");
}
