//! Waits for sockets, for a wake-up from another thread, or for time to pass (epoll, eventfd).
//!
//! One [`Poll`] belongs to one shard thread; [`Waker`]s of it may be held by any thread. Never
//! looks at what a socket carries.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Most events taken out of one wait; the rest come with the next.
const EVENTS_PER_WAIT: usize = 256;
/// Longest single wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Token of the wake-up itself.
const WAKE_TOKEN: u64 = u64::MAX;

/// What a descriptor is watched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interest {
    Read,
    ReadWrite,
}

/// One thing that is ready.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ready {
    /// The token given when the descriptor was added.
    pub(crate) token: u64,
    /// It can be read, or it has ended.
    pub(crate) readable: bool,
    /// It takes bytes again.
    pub(crate) writable: bool,
}

/// An epoll set with an eventfd in it.
pub(crate) struct Poll {
    epoll: OwnedFd,
    waker: Waker,
    events: Box<[libc::epoll_event]>,
    ready: usize,
}

/// Wakes the thread that waits on one [`Poll`].
#[derive(Clone)]
pub(crate) struct Waker {
    event: Arc<OwnedFd>,
    pending: Arc<AtomicBool>,
}

impl Waker {
    /// Makes the current or next wait return. Cheap when it was already called.
    pub(crate) fn wake(&self) {
        if self.pending.swap(true, Ordering::AcqRel) {
            return;
        }
        let one = 1u64;
        // SAFETY: the descriptor is open, the buffer is a live u64 of 8 bytes. A full counter (the
        // only failure) means that a wake-up is already waiting there.
        unsafe { libc::write(self.event.as_raw_fd(), (&raw const one).cast(), 8) };
    }

    fn clear(&self) {
        let mut count = 0u64;
        // SAFETY: the descriptor is open and non-blocking, the buffer is a live u64 of 8 bytes.
        unsafe { libc::read(self.event.as_raw_fd(), (&raw mut count).cast(), 8) };
        // A swap and not a store: whoever found `pending` set put its message down before, and the
        // thread that now goes to empty the mailbox must see it.
        self.pending.swap(false, Ordering::AcqRel);
    }
}

fn owned(fd: RawFd) -> io::Result<OwnedFd> {
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor was just made by the system for us and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

impl Poll {
    /// # Errors
    /// The system's, when it has no descriptor left.
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: no pointers.
        let epoll = owned(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        // SAFETY: no pointers.
        let event = owned(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })?;
        let waker = Waker { event: Arc::new(event), pending: Arc::new(AtomicBool::new(false)) };
        let poll = Self {
            epoll,
            waker,
            events: vec![libc::epoll_event { events: 0, u64: 0 }; EVENTS_PER_WAIT].into_boxed_slice(),
            ready: 0,
        };
        let event = poll.waker.event.as_raw_fd();
        poll.control(libc::EPOLL_CTL_ADD, event, WAKE_TOKEN, Interest::Read)?;
        Ok(poll)
    }

    /// A handle that wakes this set from any thread.
    pub(crate) fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// Watches `fd` under `token` until it is closed.
    pub(crate) fn add(&self, fd: &impl AsRawFd, token: u64, interest: Interest) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_ADD, fd.as_raw_fd(), token, interest)
    }

    /// Changes what `fd` is watched for.
    pub(crate) fn change(&self, fd: &impl AsRawFd, token: u64, interest: Interest) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_MOD, fd.as_raw_fd(), token, interest)
    }

    fn control(&self, operation: i32, fd: RawFd, token: u64, interest: Interest) -> io::Result<()> {
        let events = match interest {
            Interest::Read => libc::EPOLLIN | libc::EPOLLRDHUP,
            Interest::ReadWrite => libc::EPOLLIN | libc::EPOLLRDHUP | libc::EPOLLOUT,
        };
        let mut event = libc::epoll_event { events: events as u32, u64: token };
        // SAFETY: the epoll descriptor is open and `event` lives through the call.
        let done = unsafe { libc::epoll_ctl(self.epoll.as_raw_fd(), operation, fd, &mut event) };
        if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    /// Waits until something is ready, a waker was used, or `timeout` is over (rounded up to 1 ms).
    /// The answer is read by [`Poll::ready`].
    pub(crate) fn wait(&mut self, timeout: Duration) {
        let timeout = timeout.min(LONGEST_WAIT);
        let until = libc::timespec {
            tv_sec: timeout.as_secs() as libc::time_t,
            tv_nsec: timeout.subsec_nanos().into(),
        };
        // SAFETY: the buffer is live and holds EVENTS_PER_WAIT entries, the time is a live timespec, and
        // no signal mask is given. The wait in ns is in Linux since 5.11.
        let count = unsafe {
            libc::syscall(
                libc::SYS_epoll_pwait2,
                self.epoll.as_raw_fd(),
                self.events.as_mut_ptr(),
                EVENTS_PER_WAIT as i32,
                &raw const until,
                ptr::null::<libc::sigset_t>(),
                0usize,
            )
        };
        // A signal is the only failure possible here; it is a wait that ended early.
        self.ready = usize::try_from(count).unwrap_or(0);
        if self.events[..self.ready].iter().any(|e| e.u64 == WAKE_TOKEN) {
            self.waker.clear();
        }
    }

    /// What the last [`Poll::wait`] found, by number; `None` behind the last.
    pub(crate) fn ready(&self, index: usize) -> Option<Ready> {
        let event = self.events[..self.ready].get(index)?;
        let flags = event.events as i32;
        Some(Ready {
            token: event.u64,
            readable: flags & (libc::EPOLLIN | libc::EPOLLRDHUP | libc::EPOLLHUP | libc::EPOLLERR) != 0,
            writable: flags & libc::EPOLLOUT != 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn wake_up_before_the_wait_is_not_lost() {
        let mut poll = Poll::new().expect("epoll");
        poll.waker().wake();
        let begun = Instant::now();
        poll.wait(Duration::from_secs(20));
        assert!(begun.elapsed() < Duration::from_secs(10));
        poll.waker().wake();
        poll.wait(Duration::from_secs(20));
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}
