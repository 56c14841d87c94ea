//! Keeps the resident memory of a long-running command near what it uses.
//!
//! Called once by `main`. Coming into a conference needs, for a moment, several times the memory that a
//! participant keeps, and the C library holds on to what was freed. Large pieces therefore go back to
//! the system at once, small ones when a wave of comings and goings is over. Never decides anything
//! about participants, and does nothing where the C library is another one.

use std::time::Duration;

/// How often resident memory is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Growth since memory was last given back that makes another time worth its cost, bytes.
const WORTH: u64 = 8 << 20;
/// A change from look to look that counts as none, bytes.
const STILL: u64 = 512 << 10;
/// So many looks without a change end a wave.
const CALM_LOOKS: u32 = 2;
/// At most so many looks are waited for calm.
const MAX_LOOKS: u32 = 60;
/// Pieces from that size on are the system's again as soon as they are freed, bytes. Fixed, because the
/// library else raises it with the first large piece, and a password's 19 MB then stay for good.
#[cfg(target_env = "gnu")]
const LARGE: i32 = 16 << 10;
/// Places from which threads take their memory. The library else makes one for nearly each thread, with holes in every one.
#[cfg(target_env = "gnu")]
const ARENAS: i32 = 2;

/// When freed memory is to be given back, by resident memory alone.
#[derive(Default)]
struct Waves {
    /// Resident memory that is not worth another time.
    kept: u64,
    last: u64,
    calm: u32,
    waited: u32,
}

impl Waves {
    /// Resident memory is `resident` bytes now. Answers whether to give back what is free.
    const fn look(&mut self, resident: u64) -> bool {
        if resident < self.kept {
            self.kept = resident;
        }
        self.calm = if resident.abs_diff(self.last) < STILL { self.calm + 1 } else { 0 };
        self.last = resident;
        if resident < self.kept + WORTH {
            self.waited = 0;
            return false;
        }
        self.waited += 1;
        self.calm >= CALM_LOOKS || self.waited >= MAX_LOOKS
    }

    /// What was free went back, and `resident` bytes are left.
    const fn gave_back(&mut self, resident: u64) {
        *self = Self { kept: resident, last: resident, calm: 0, waited: 0 };
    }
}

/// Begins to look after the memory of this process, for as long as it runs.
#[cfg(target_env = "gnu")]
pub fn look_after() {
    // SAFETY: sets two numbers of the allocator; no other thread has been started yet.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_ARENA_MAX, ARENAS);
    }
    let look = || {
        let mut waves = Waves::default();
        while let Some(resident) = resident_bytes() {
            if waves.look(resident) {
                let begin = std::time::Instant::now();
                // SAFETY: takes no pointer, and the allocator guards itself against other threads.
                unsafe { libc::malloc_trim(0) };
                let left = resident_bytes().unwrap_or(resident);
                let given_kib = resident.saturating_sub(left) >> 10;
                tracing::debug!(given_kib, left_kib = left >> 10, took = ?begin.elapsed(), "gave free memory back");
                waves.gave_back(left);
            }
            std::thread::sleep(LOOK_EVERY);
        }
    };
    if let Err(error) = std::thread::Builder::new().name("memory".to_owned()).spawn(look) {
        tracing::warn!(%error, "nobody looks after freed memory");
    }
}

/// Begins to look after the memory of this process: the C library does it by itself.
#[cfg(not(target_env = "gnu"))]
pub fn look_after() {}

#[cfg(target_env = "gnu")]
fn resident_bytes() -> Option<u64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = pages.split(' ').nth(1)?.parse().ok()?;
    // SAFETY: asks for a number.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    Some(pages * u64::try_from(page).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    #[test]
    fn memory_goes_back_once_when_a_wave_is_over() {
        let mut waves = Waves::default();
        waves.gave_back(40 * MIB);
        let coming = (1..=20).map(|it| 40 * MIB + it * 5 * MIB);
        assert!(!coming.into_iter().any(|resident| waves.look(resident)), "not while people come");
        let calm: Vec<bool> = (0..3).map(|_| waves.look(140 * MIB)).collect();
        assert_eq!(calm, [false, true, true]);
        waves.gave_back(70 * MIB);
        assert!((0..100).all(|_| !waves.look(77 * MIB)), "less than is worth it");
    }

    #[test]
    fn endless_wave_is_not_waited_for() {
        let mut waves = Waves::default();
        waves.gave_back(40 * MIB);
        let first = (1..200).find(|it| waves.look((50 + it % 2 * 20) * MIB));
        assert_eq!(first, Some(u64::from(MAX_LOOKS)));
    }

    #[test]
    fn what_went_back_by_itself_counts_as_given() {
        let mut waves = Waves::default();
        waves.gave_back(100 * MIB);
        assert!(!waves.look(50 * MIB));
        assert!(!waves.look(60 * MIB));
        assert!(!waves.look(60 * MIB));
        assert!(waves.look(60 * MIB));
    }
}
