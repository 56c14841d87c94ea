//! The numbers that shards of relay peers have here. Asked by `endpoint` when a peer greets. Pure.

use crate::config::MAX_SHARDS;
use media_relay::{Greeting, Refusal};
use std::ops::Range;

/// Shard numbers in use. Own ones first, then those of processes that number theirs with us, then
/// those given to others.
pub(crate) struct Seats {
    own: Range<usize>,
    together: Range<usize>,
    taken: u64,
}

/// The bits of `range`.
pub(crate) fn mask(range: &Range<usize>) -> u64 {
    range.clone().filter(|shard| *shard < 64).fold(0, |mask, shard| mask | 1 << shard)
}

impl Seats {
    pub(crate) fn new(own: Range<usize>, together: Range<usize>) -> Self {
        let taken = mask(&own);
        Self { own, together, taken }
    }

    /// Finds seats for a peer. `is_near` says that it came over a Unix socket.
    ///
    /// # Errors
    /// [`Refusal`]: it claims what is not its own, or nothing is free.
    pub(crate) fn take(&mut self, greeting: &Greeting, is_near: bool) -> Result<Range<usize>, Refusal> {
        let count = usize::from(greeting.shards);
        let first = match greeting.first_shard.map(usize::from) {
            Some(first) if is_near && self.is_together() => {
                let claimed = first..first + count;
                let fits = self.together.start <= first && claimed.end <= self.together.end;
                if !fits || self.taken & mask(&claimed) != 0 {
                    return Err(Refusal::NotYours);
                }
                first
            }
            _ => {
                let begin = self.together.end.max(self.own.end);
                let end = usize::from(MAX_SHARDS);
                let mut free = (begin..end).filter(|first| first + count <= end);
                free.find(|first| self.taken & mask(&(*first..first + count)) == 0).ok_or(Refusal::Full)?
            }
        };
        let seats = first..first + count;
        self.taken |= mask(&seats);
        Ok(seats)
    }

    /// Gives seats back.
    pub(crate) fn leave(&mut self, seats: &Range<usize>) {
        self.taken &= !mask(seats);
    }

    fn is_together(&self) -> bool {
        self.together.len() > self.own.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greeting(shards: u8, first_shard: Option<u8>) -> Greeting {
        Greeting { shards, first_shard, name: "peer".to_owned() }
    }

    #[test]
    fn processes_of_one_machine_have_their_own_numbers_and_others_what_is_free() {
        let mut seats = Seats::new(2..4, 0..6);
        assert_eq!(seats.take(&greeting(2, Some(0)), true), Ok(0..2));
        assert_eq!(seats.take(&greeting(2, Some(0)), true), Err(Refusal::NotYours), "it is there");
        assert_eq!(seats.take(&greeting(2, Some(2)), true), Err(Refusal::NotYours), "that is us");
        assert_eq!(seats.take(&greeting(2, Some(5)), true), Err(Refusal::NotYours), "beyond the last");
        assert_eq!(seats.take(&greeting(1, Some(4)), false), Ok(6..7), "a node numbers its own shards");
        assert_eq!(seats.take(&greeting(60, None), true), Err(Refusal::Full));
        assert_eq!(seats.take(&greeting(57, None), true), Ok(7..64));
        assert_eq!(seats.take(&greeting(1, None), true), Err(Refusal::Full));
        seats.leave(&(6..7));
        assert_eq!(seats.take(&greeting(1, None), true), Ok(6..7));
        assert_eq!(seats.take(&greeting(200, None), true), Err(Refusal::Full));
    }
}
