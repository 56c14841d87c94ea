//! Neighbours with which this shard begins anew after words of theirs were lost.
//!
//! Asked by `words` for each word. What a neighbour said before it heard of the new beginning is about
//! a state that nobody has any more, and is passed over until it answers.

use super::links::Word;
use std::collections::HashMap;

/// Neighbours that have not answered yet; at most one entry a shard of this process.
#[derive(Debug, Default)]
pub(crate) struct Rejoining {
    awaited: HashMap<usize, u64>,
    next: u64,
}

impl Rejoining {
    /// Begins anew with `shard`; answers the generation that it will repeat.
    pub(crate) fn begin(&mut self, shard: usize) -> u64 {
        self.next += 1;
        self.awaited.insert(shard, self.next);
        self.next
    }

    /// Whether a word of `shard` counts.
    pub(crate) fn admits(&mut self, shard: usize, word: &Word) -> bool {
        let Some(awaited) = self.awaited.get(&shard) else { return true };
        match word {
            Word::Began { generation } if generation == awaited => {
                self.awaited.remove(&shard);
                true
            }
            // It begins anew with us as well; both introduce themselves, and saying it twice is no fault.
            Word::ShardHere { .. } => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media_core::stream::ids::LegKey;

    #[test]
    fn words_from_before_the_new_beginning_are_passed_over() {
        let mut rejoining = Rejoining::default();
        let left = Word::Left { leg: LegKey(1) };
        assert!(rejoining.admits(1, &left));
        let first = rejoining.begin(1);
        let second = rejoining.begin(1);
        assert!(!rejoining.admits(1, &left) && rejoining.admits(2, &left));
        assert!(!rejoining.admits(1, &Word::Began { generation: first }), "an older answer");
        assert!(rejoining.admits(1, &Word::ShardHere { generation: 9 }));
        assert!(!rejoining.admits(1, &left));
        assert!(rejoining.admits(1, &Word::Began { generation: second }));
        assert!(rejoining.admits(1, &left));
    }
}
