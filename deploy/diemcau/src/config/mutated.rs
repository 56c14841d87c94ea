//! A settings file of any content is read or refused with its problems, and nothing worse.
//!
//! Starts from the example file and changes bytes by a fixed seed; test only.

use super::layer::Layers;
use super::read;
use super::reader::Reader;
use std::path::Path;

/// Mutated files.
const ROUNDS: u32 = 2_000;
const EXAMPLE: &str = include_str!("../../../config/diemcau.example.toml");
const TOKENS: [&str; 12] =
    ["[", "]]", "=", "\"\"\"", "'", "\n", "1e999", "-9223372036854775809", "\\u{D800}", "{a.b=1}", "é", "\0"];

/// xorshift64*: the same bytes on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit.max(1)
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len() + 1);
        match self.below(4) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 if at < bytes.len() => drop(bytes.drain(at..(at + 12).min(bytes.len()))),
            2 => bytes.truncate(at),
            _ => {
                let token = TOKENS[self.below(TOKENS.len())];
                bytes.splice(at..at, token.bytes());
            }
        }
    }
}

/// The settings alone: most mutations of prose change nothing.
fn settings() -> String {
    EXAMPLE.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n")
}

/// How many problems a file of this content has.
fn problems(text: &str) -> usize {
    let (mut layers, mut problems) = (Layers::default(), Vec::new());
    layers.add_file(Path::new("t.toml"), text, &mut problems);
    let _ = read(&mut Reader::new(&layers, &mut problems));
    problems.iter().for_each(|problem| assert!(!problem.to_string().is_empty()));
    problems.len()
}

#[test]
fn settings_of_any_shape_are_read_or_refused() {
    assert_eq!(problems(&settings()), 0);
    let mut dice = Dice(0x6469_656d_2063_6175);
    let mut refused = 0;
    for round in 0..ROUNDS {
        let mut bytes = settings().into_bytes();
        for _ in 0..=round % 5 {
            dice.mutate(&mut bytes);
        }
        refused += u32::from(problems(&String::from_utf8_lossy(&bytes)) > 0);
    }
    assert!(refused > ROUNDS / 4, "only {refused} refused: the mutations are too tame");
}
