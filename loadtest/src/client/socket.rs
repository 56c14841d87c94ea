//! A client's UDP socket, read in batches with the kernel's arrival times.
//!
//! Used by the crowd's thread alone. Never switches UDP_GRO on: a browser behind a network has no use
//! of it, and with it receiving would be cheaper for a server on the same machine.

use crate::error::Failure;
use socket2::{Domain, Protocol, Socket, Type};
use std::mem;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::AsRawFd as _;
use std::time::{SystemTime, UNIX_EPOCH};

/// Datagrams of one read.
pub const BATCH: usize = 64;
/// Room for one; longer ones are cut and then fail to open.
const DATAGRAM: usize = 1_600;
/// Kernel buffer of each socket: a browser's, and enough for a key frame while others are served.
const BUFFER_BYTES: usize = 1 << 20;

/// Opens the socket of one client; `None` is any port of this machine.
///
/// # Errors
/// The system's.
pub fn open() -> Result<(Socket, u16), Failure> {
    let failed = Failure::system("UDP socket");
    let make = || {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_nonblocking(true)?;
        socket.set_recv_buffer_size(BUFFER_BYTES)?;
        switch_on(&socket, libc::SO_TIMESTAMPNS)?;
        switch_on(&socket, libc::SO_RXQ_OVFL)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)).into())?;
        let port = socket.local_addr()?.as_socket().map_or(0, |it| it.port());
        Ok((socket, port))
    };
    make().map_err(failed)
}

fn switch_on(socket: &Socket, option: i32) -> std::io::Result<()> {
    let on: libc::c_int = 1;
    // SAFETY: the socket is open, the value is a live int of the size given.
    let done = unsafe {
        let value = (&raw const on).cast();
        libc::setsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, option, value, size_of_val(&on) as u32)
    };
    if done == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}

/// Wall time in nanoseconds, as the kernel stamps packets.
#[must_use]
pub fn wall_ns() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_nanos() as u64)
}

#[derive(Clone, Copy)]
#[repr(C, align(8))]
struct Control([u8; 96]);

/// Where one datagram lies, from whom and when it came.
#[derive(Clone, Copy, Debug)]
pub struct Received {
    pub len: usize,
    pub from: SocketAddr,
    pub at_ns: u64,
    /// Datagrams that the kernel has dropped at this socket so far for lack of room.
    pub dropped: u32,
}

/// Room for one read, shared by all sockets of a thread.
pub struct Inbox {
    heads: Box<[libc::mmsghdr]>,
    vectors: Box<[libc::iovec]>,
    names: Box<[libc::sockaddr_in]>,
    controls: Box<[Control]>,
    bytes: Box<[[u8; DATAGRAM]]>,
}

impl Default for Inbox {
    fn default() -> Self {
        // SAFETY: plain C structs for which all zeroes is a valid empty value.
        let (head, vector, name) = unsafe { (mem::zeroed(), mem::zeroed(), mem::zeroed()) };
        Self {
            heads: vec![head; BATCH].into_boxed_slice(),
            vectors: vec![vector; BATCH].into_boxed_slice(),
            names: vec![name; BATCH].into_boxed_slice(),
            controls: vec![Control([0; 96]); BATCH].into_boxed_slice(),
            bytes: vec![[0; DATAGRAM]; BATCH].into_boxed_slice(),
        }
    }
}

impl Inbox {
    /// Reads what waits in `socket`, at most [`BATCH`] datagrams.
    pub fn read(&mut self, socket: &Socket) -> usize {
        for at in 0..BATCH {
            self.vectors[at] =
                libc::iovec { iov_base: self.bytes[at].as_mut_ptr().cast(), iov_len: DATAGRAM };
            let head = &mut self.heads[at].msg_hdr;
            head.msg_name = (&raw mut self.names[at]).cast();
            head.msg_namelen = size_of::<libc::sockaddr_in>() as u32;
            head.msg_iov = &raw mut self.vectors[at];
            head.msg_iovlen = 1;
            head.msg_control = self.controls[at].0.as_mut_ptr().cast();
            head.msg_controllen = self.controls[at].0.len();
        }
        // SAFETY: every pointer set above is to memory of this value, which outlives the call.
        let read = unsafe {
            let heads = self.heads.as_mut_ptr();
            libc::recvmmsg(socket.as_raw_fd(), heads, BATCH as u32, libc::MSG_DONTWAIT, std::ptr::null_mut())
        };
        usize::try_from(read).unwrap_or(0)
    }

    /// The facts about the datagram at `at` of the last read.
    #[must_use]
    pub fn received(&self, at: usize) -> Received {
        let name = &self.names[at];
        let ip = Ipv4Addr::from(u32::from_be(name.sin_addr.s_addr));
        let from = SocketAddr::from((ip, u16::from_be(name.sin_port)));
        let len = (self.heads[at].msg_len as usize).min(DATAGRAM);
        let (mut at_ns, mut dropped) = (0, 0);
        let head = &raw const self.heads[at].msg_hdr;
        // SAFETY: the head was filled by the kernel in the last read; the walk stays inside its control
        // bytes, and each message is at least as long as its kind.
        unsafe {
            let mut control = libc::CMSG_FIRSTHDR(head);
            while !control.is_null() {
                match ((*control).cmsg_level, (*control).cmsg_type) {
                    (libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS) => {
                        let time: libc::timespec =
                            libc::CMSG_DATA(control).cast::<libc::timespec>().read_unaligned();
                        at_ns = time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64;
                    }
                    (libc::SOL_SOCKET, libc::SO_RXQ_OVFL) => {
                        dropped = libc::CMSG_DATA(control).cast::<u32>().read_unaligned();
                    }
                    _ => {}
                }
                control = libc::CMSG_NXTHDR(head, control);
            }
        }
        Received { len, from, at_ns: if at_ns == 0 { wall_ns() } else { at_ns }, dropped }
    }

    /// The bytes at `at` of the last read.
    #[must_use]
    pub fn bytes(&self, at: usize, len: usize) -> &[u8] {
        &self.bytes[at][..len]
    }
}

// SAFETY: the raw pointers inside are valid and used only during one call on `&mut self`.
unsafe impl Send for Inbox {}
