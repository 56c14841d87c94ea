//! The entry for bytes of a relay peer, for `media/fuzz` and `tests/fuzz_smoke.rs`.
//!
//! Not part of the crate's interface. Takes any bytes at all and may only return: a panic, an endless
//! loop or a growing queue is the finding.

use crate::line::{Greeting, Line, Told};
use crate::wire::Frame;

/// Bytes of a peer as they come, cut into pieces: the first byte says how long these are.
pub fn relay_stream(bytes: &[u8]) {
    let Some((&piece, rest)) = bytes.split_first() else { return };
    let own = Greeting { shards: 2, first_shard: Some(0), name: "fuzz".to_owned() };
    let mut line = Line::new(1_000_000, &own);
    let mut now_us = 1_000_000;
    for piece in rest.chunks(usize::from(piece).max(1)) {
        let room = line.room();
        let count = piece.len().min(room.len());
        room[..count].copy_from_slice(&piece[..count]);
        line.received(count);
        now_us += 10_000;
        loop {
            match line.next(now_us) {
                Ok(None) => break,
                Ok(Some(Told::Greeted(_))) => {}
                Ok(Some(Told::Frame(frame))) => again(&frame),
                Err(_) => return,
            }
        }
        if line.tick(now_us).is_err() {
            return;
        }
    }
}

/// What was understood must be written as it came.
fn again(frame: &Frame<'_>) {
    let mut written = Vec::new();
    frame.write(&mut written);
    assert_eq!(Frame::read(&written[2..]).as_ref(), Ok(frame), "a frame survives being written");
}
