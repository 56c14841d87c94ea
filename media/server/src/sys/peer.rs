//! Who is at the other end of a Unix socket. Asked by the relay endpoint before it listens to it.

use std::io;
use std::mem;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;

/// Whether the other end belongs to the user of this process, or to root.
///
/// # Errors
/// The system's.
pub(crate) fn is_own_user(stream: &UnixStream) -> io::Result<bool> {
    let mut peer = libc::ucred { pid: 0, uid: u32::MAX, gid: u32::MAX };
    let mut length = mem::size_of::<libc::ucred>() as libc::socklen_t;
    // SAFETY: the socket is open, `peer` and `length` are live and say the right size.
    let done = unsafe {
        libc::getsockopt(
            stream.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut peer).cast(),
            &raw mut length,
        )
    };
    if done != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: no pointers.
    Ok(peer.uid == 0 || peer.uid == unsafe { libc::geteuid() })
}
