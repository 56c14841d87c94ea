//! A short, seeded fuzz run of the parser of TURN streams, on the stable compiler.
//!
//! Starts from `media/fuzz/corpus/turn_stream/`, mutates, and feeds the function of the libFuzzer
//! target. A crash found anywhere becomes a corpus file, and this run then repeats it for ever.

use std::fs;
use std::panic::catch_unwind;
use std::path::PathBuf;

const ROUNDS: usize = 30_000;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        for _ in 0..=self.roll(4) {
            let at = self.roll(input.len() + 1);
            match self.roll(5) {
                0 if at < input.len() => input[at] ^= 1 << self.roll(8),
                1 if at < input.len() => input[at] = [0, 1, 0x7f, 0x80, 0xff][self.roll(5)],
                2 => input.truncate(at.max(1)),
                3 => input.insert(at, self.roll(256) as u8),
                _ => {
                    let end = (at + self.roll(32)).min(input.len());
                    input.extend_from_within(at..end);
                }
            }
        }
        input.truncate(16 << 10);
    }
}

#[test]
fn turn_streams_survive_a_short_fuzz_run() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/turn_stream");
    let mut seeds: Vec<Vec<u8>> = fs::read_dir(&folder)
        .expect("the corpus is in the repository")
        .map(|entry| fs::read(entry.expect("an entry").path()).expect("a file"))
        .collect();
    seeds.sort();
    assert!(seeds.len() >= 5, "the corpus holds streams and signed requests");
    let mut dice = Dice(0x5eed_1234_5678_9abc);
    for round in 0..ROUNDS {
        let mut input = seeds[round % seeds.len()].clone();
        if round >= seeds.len() {
            dice.mutate(&mut input);
        }
        let kept = input.clone();
        let result = catch_unwind(move || media_turn::fuzz::turn_stream(&input));
        assert!(result.is_ok(), "round {round}: {kept:?}");
    }
}
