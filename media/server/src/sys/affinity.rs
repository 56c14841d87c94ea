//! Pins the calling thread to one CPU core. Called once by each shard thread when it starts.

use std::io;
use std::mem;

/// Pins the calling thread to core number `core` of the cores that this process may use, counted
/// round when there are fewer.
///
/// # Errors
/// The system's refusal; the thread then simply stays unpinned.
pub(crate) fn pin_to_core(core: usize) -> io::Result<()> {
    // SAFETY: a cpu_set_t is a plain bit set, for which all zeroes is the empty set.
    let mut usable: libc::cpu_set_t = unsafe { mem::zeroed() };
    // SAFETY: the pointer is to a live cpu_set_t of the size given; 0 means the calling thread.
    let read = unsafe { libc::sched_getaffinity(0, mem::size_of::<libc::cpu_set_t>(), &mut usable) };
    if read != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the index is below CPU_SETSIZE, the size of the set.
    let cores: Vec<usize> =
        (0..libc::CPU_SETSIZE as usize).filter(|c| unsafe { libc::CPU_ISSET(*c, &usable) }).collect();
    let Some(&chosen) = cores.get(core % cores.len().max(1)) else {
        return Err(io::ErrorKind::NotFound.into());
    };
    // SAFETY: as above, an empty set; then `chosen` came out of a set of the same size.
    let wanted = unsafe {
        let mut wanted: libc::cpu_set_t = mem::zeroed();
        libc::CPU_SET(chosen, &mut wanted);
        wanted
    };
    // SAFETY: the pointer is to a live cpu_set_t of the size given.
    let set = unsafe { libc::sched_setaffinity(0, mem::size_of::<libc::cpu_set_t>(), &wanted) };
    if set == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinning_counts_round_the_usable_cores() {
        std::thread::spawn(|| pin_to_core(1000).expect("a core of our own set is always allowed"))
            .join()
            .expect("no panic");
    }
}
