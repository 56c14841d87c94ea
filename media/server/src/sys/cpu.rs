//! Processor time of the calling thread. Asked by each shard for its own load; never by another
//! thread about a shard.

use std::mem;
use std::time::Duration;

/// What the calling thread has used of a processor since it began; zero where the system does not
/// tell.
pub(crate) fn thread_time() -> Duration {
    // SAFETY: a timespec is two plain numbers, for which zero is a value.
    let mut used: libc::timespec = unsafe { mem::zeroed() };
    // SAFETY: the pointer is to a live timespec.
    let told = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut used) };
    if told != 0 {
        return Duration::ZERO;
    }
    let seconds = u64::try_from(used.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(used.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_of_a_thread_grows_with_its_work() {
        let before = thread_time();
        let mut sum = 0_u64;
        while thread_time() == before {
            sum = (0..10_000_u64).fold(sum, |sum, n| std::hint::black_box(sum.wrapping_add(n)));
        }
        assert!(thread_time() > before, "{sum}");
    }
}
