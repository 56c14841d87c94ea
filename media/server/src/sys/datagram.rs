//! UDP sockets with batched reading (recvmmsg) and batched sending of segment runs (sendmmsg with
//! UDP_SEGMENT). Called by `shard::socket`; knows addresses and bytes, never what they mean.

use crate::shard::arena::Run;
use socket2::{Domain, Protocol, SockAddr, SockAddrStorage, Socket, Type};
use std::io;
use std::mem;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsRawFd;
use std::ptr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Datagrams taken by one read and runs given to one send.
pub(crate) const BATCH: usize = 64;
/// Room for one datagram; longer ones are cut by the system, marked, and dropped.
pub(crate) const DATAGRAM_BYTES: usize = 2048;
/// Longest time that a datagram can have waited in the kernel's buffer.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// Kernel buffers asked for: about 100 ms of 277 receivers at 1.5 Mbit/s.
const KERNEL_BUFFER_BYTES: usize = 4 << 20;

/// Opens a non-blocking UDP socket that tells the local address of each datagram.
///
/// # Errors
/// The system's: the port is taken, the address is not ours, the family is switched off.
pub(crate) fn open(bind: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(bind), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    // A smaller buffer than asked for is no reason to stop.
    let _ = socket.set_recv_buffer_size(KERNEL_BUFFER_BYTES);
    let _ = socket.set_send_buffer_size(KERNEL_BUFFER_BYTES);
    // Without it packets count as arrived when they are read, which is as good on an idle machine.
    let _ = switch_on(&socket, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS);
    if bind.is_ipv4() {
        switch_on(&socket, libc::IPPROTO_IP, libc::IP_PKTINFO)?;
    } else {
        socket.set_only_v6(true)?;
        switch_on(&socket, libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO)?;
    }
    socket.bind(&SockAddr::from(bind))?;
    Ok(socket)
}

fn switch_on(socket: &Socket, level: i32, option: i32) -> io::Result<()> {
    let on: libc::c_int = 1;
    // SAFETY: the socket is open, the value is a live int of the size given.
    let done = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            option,
            (&raw const on).cast(),
            mem::size_of_val(&on) as u32,
        )
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Room for the two control messages that we use, aligned as the system wants them.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
struct Control([u8; 128]);

/// Heads, vectors, names and control messages of one batch. The pointers between them are set
/// anew before each call, so the value may be moved.
struct Batch {
    heads: Box<[libc::mmsghdr]>,
    vectors: Box<[libc::iovec]>,
    names: Box<[SockAddrStorage]>,
    controls: Box<[Control]>,
}

// SAFETY: the raw pointers inside are only valid and only used during one call on `&mut self`.
unsafe impl Send for Batch {}

impl Batch {
    fn new() -> Self {
        // SAFETY: both are plain C structs for which all zeroes is a valid empty value.
        let (head, vector) = unsafe { (mem::zeroed::<libc::mmsghdr>(), mem::zeroed::<libc::iovec>()) };
        Self {
            heads: vec![head; BATCH].into_boxed_slice(),
            vectors: vec![vector; BATCH].into_boxed_slice(),
            names: (0..BATCH).map(|_| SockAddrStorage::zeroed()).collect(),
            controls: vec![Control([0; 128]); BATCH].into_boxed_slice(),
        }
    }
}

/// Datagrams of the last read.
pub(crate) struct Inbox {
    batch: Batch,
    bytes: Box<[[u8; DATAGRAM_BYTES]]>,
    /// When the last read was done, on both clocks.
    read_at: (Instant, SystemTime),
}

/// One datagram that came in.
pub(crate) struct Received<'a> {
    pub(crate) bytes: &'a mut [u8],
    pub(crate) remote: SocketAddr,
    /// The own address that it was sent to.
    pub(crate) local: IpAddr,
    /// When the system got it. A busy thread reads late, and a sender's congestion control would
    /// take that for a queue in the network.
    pub(crate) arrived: Instant,
}

impl Inbox {
    pub(crate) fn new() -> Self {
        let bytes = vec![[0; DATAGRAM_BYTES]; BATCH].into_boxed_slice();
        Self { batch: Batch::new(), bytes, read_at: (Instant::now(), SystemTime::now()) }
    }

    /// Reads what waits in `socket`, at most [`BATCH`] datagrams; 0 when nothing waits.
    pub(crate) fn read(&mut self, socket: &Socket) -> usize {
        let Batch { heads, vectors, names, controls } = &mut self.batch;
        for index in 0..BATCH {
            vectors[index] =
                libc::iovec { iov_base: self.bytes[index].as_mut_ptr().cast(), iov_len: DATAGRAM_BYTES };
            let head = &mut heads[index].msg_hdr;
            head.msg_iov = &raw mut vectors[index];
            head.msg_iovlen = 1;
            head.msg_name = (&raw mut names[index]).cast();
            head.msg_namelen = mem::size_of::<libc::sockaddr_storage>() as u32;
            head.msg_control = controls[index].0.as_mut_ptr().cast();
            head.msg_controllen = controls[index].0.len();
            head.msg_flags = 0;
        }
        // SAFETY: each head points at live buffers of the lengths stated, set just above.
        let count = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                heads.as_mut_ptr(),
                BATCH as u32,
                libc::MSG_DONTWAIT,
                ptr::null_mut(),
            )
        };
        self.read_at = (Instant::now(), SystemTime::now());
        usize::try_from(count).unwrap_or(0)
    }

    /// Datagram `index` of the last read; `None` when it was cut or has no usable addresses.
    pub(crate) fn datagram(&mut self, index: usize) -> Option<Received<'_>> {
        let head = &self.batch.heads[index];
        if head.msg_hdr.msg_flags & (libc::MSG_TRUNC | libc::MSG_CTRUNC) != 0 {
            return None;
        }
        let len = (head.msg_len as usize).min(DATAGRAM_BYTES);
        // SAFETY: the system wrote a socket address of the length that it put into msg_namelen; the
        // storage is plain bytes without a destructor, so that a bitwise copy is a copy.
        let remote =
            unsafe { SockAddr::new(ptr::read(&raw const self.batch.names[index]), head.msg_hdr.msg_namelen) }
                .as_socket()?;
        let told = told_beside(&head.msg_hdr);
        let local = told.local?;
        let (read_at, wall) = self.read_at;
        let waited = told.arrived.and_then(|arrived| wall.duration_since(arrived).ok());
        // A longer wait is a step of the wall clock.
        let waited = waited.filter(|w| *w < LONGEST_WAIT).unwrap_or_default();
        let arrived = read_at.checked_sub(waited).unwrap_or(read_at);
        Some(Received { bytes: &mut self.bytes[index][..len], remote, local, arrived })
    }
}

/// What the system tells beside a datagram.
#[derive(Default)]
struct Told {
    local: Option<IpAddr>,
    arrived: Option<SystemTime>,
}

fn told_beside(head: &libc::msghdr) -> Told {
    let mut told = Told::default();
    // SAFETY: the system filled in msg_control and msg_controllen; the buffer they name is alive
    // in the same Inbox. The macros stay inside it.
    let mut next = unsafe { libc::CMSG_FIRSTHDR(head) };
    while !next.is_null() {
        // SAFETY: not null, so it points at a whole cmsghdr inside the buffer.
        let (level, kind) = unsafe { ((*next).cmsg_level, (*next).cmsg_type) };
        // SAFETY: only computes an address behind the header.
        let value = unsafe { libc::CMSG_DATA(next) };
        match (level, kind) {
            (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                // SAFETY: this kind carries an in_pktinfo; cmsg data may be unaligned.
                let found = unsafe { ptr::read_unaligned(value.cast::<libc::in_pktinfo>()) };
                told.local = Some(Ipv4Addr::from(u32::from_be(found.ipi_addr.s_addr)).into());
            }
            (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                // SAFETY: this kind carries an in6_pktinfo.
                let found = unsafe { ptr::read_unaligned(value.cast::<libc::in6_pktinfo>()) };
                told.local = Some(Ipv6Addr::from(found.ipi6_addr.s6_addr).into());
            }
            (libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS) => {
                // SAFETY: this kind carries a timespec.
                let found = unsafe { ptr::read_unaligned(value.cast::<libc::timespec>()) };
                let since_1970 = Duration::new(found.tv_sec as u64, found.tv_nsec as u32);
                told.arrived = UNIX_EPOCH.checked_add(since_1970);
            }
            _ => {}
        }
        // SAFETY: `head` and `next` belong together.
        next = unsafe { libc::CMSG_NXTHDR(head, next) };
    }
    told
}

/// Sends runs of equal segments.
pub(crate) struct Outbox {
    batch: Batch,
}

/// What became of the runs given to [`Outbox::send`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Runs taken by the system, counted from the first.
    pub(crate) runs: usize,
    /// Why it stopped before the last.
    pub(crate) stop: Option<Stop>,
}

/// Why sending stopped at a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The kernel's buffer is full.
    Full,
    /// The system does not segment on this path; single datagrams may pass.
    NoSegments,
    /// This one destination cannot be reached.
    Refused,
}

impl Outbox {
    pub(crate) fn new() -> Self {
        Self { batch: Batch::new() }
    }

    /// Sends `runs` (at most [`BATCH`] of them are looked at), whose places count from the start
    /// of `bytes`.
    pub(crate) fn send(&mut self, socket: &Socket, bytes: &[u8], runs: &[Run]) -> Sent {
        let Batch { heads, vectors, names, controls } = &mut self.batch;
        let runs = &runs[..runs.len().min(BATCH)];
        for (index, run) in runs.iter().enumerate() {
            let piece = &bytes[run.start..run.start + run.len];
            vectors[index] = libc::iovec { iov_base: piece.as_ptr().cast_mut().cast(), iov_len: piece.len() };
            let to = SockAddr::from(run.remote);
            let name_bytes = to.len();
            names[index] = to.as_storage();
            let head = &mut heads[index].msg_hdr;
            head.msg_iov = &raw mut vectors[index];
            head.msg_iovlen = 1;
            head.msg_name = (&raw mut names[index]).cast();
            head.msg_namelen = name_bytes;
            head.msg_control = controls[index].0.as_mut_ptr().cast();
            head.msg_controllen = controls[index].0.len();
            head.msg_flags = 0;
            head.msg_controllen = write_control(head, run);
        }
        // SAFETY: each head points at live memory of the lengths stated, set just above; sendmmsg
        // only reads what iov_base names.
        let count = unsafe {
            libc::sendmmsg(socket.as_raw_fd(), heads.as_mut_ptr(), runs.len() as u32, libc::MSG_DONTWAIT)
        };
        match usize::try_from(count) {
            Ok(taken) => Sent { runs: taken, stop: None },
            Err(_) => {
                let stop = match io::Error::last_os_error().raw_os_error() {
                    Some(libc::EAGAIN | libc::ENOBUFS) => Stop::Full,
                    Some(libc::EIO | libc::EINVAL | libc::EOPNOTSUPP) if runs[0].len > runs[0].segment => {
                        Stop::NoSegments
                    }
                    _ => Stop::Refused,
                };
                Sent { runs: 0, stop: Some(stop) }
            }
        }
    }
}

/// Writes the source address and, for more than one segment, the segment size; answers the bytes
/// used.
fn write_control(head: &mut libc::msghdr, run: &Run) -> usize {
    let mut used = 0;
    match run.local {
        IpAddr::V4(local) => {
            let info = libc::in_pktinfo {
                ipi_ifindex: 0,
                ipi_spec_dst: libc::in_addr { s_addr: u32::from(local).to_be() },
                ipi_addr: libc::in_addr { s_addr: 0 },
            };
            put(head, &mut used, libc::IPPROTO_IP, libc::IP_PKTINFO, info);
        }
        IpAddr::V6(local) => {
            let address = libc::in6_addr { s6_addr: local.octets() };
            let info = libc::in6_pktinfo { ipi6_addr: address, ipi6_ifindex: 0 };
            put(head, &mut used, libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, info);
        }
    }
    if run.len > run.segment {
        put(head, &mut used, libc::SOL_UDP, libc::UDP_SEGMENT, run.segment as u16);
    }
    used
}

fn put<T: Copy>(head: &mut libc::msghdr, used: &mut usize, level: i32, kind: i32, value: T) {
    let size = mem::size_of::<T>() as u32;
    // SAFETY: CMSG_SPACE and CMSG_LEN only compute.
    let (space, len) = unsafe { (libc::CMSG_SPACE(size) as usize, libc::CMSG_LEN(size) as usize) };
    assert!(*used + space <= mem::size_of::<Control>(), "two control messages fit");
    // SAFETY: msg_control names a live, 8-aligned Control and `used` is a multiple of 8 inside it
    // (CMSG_SPACE rounds up), so header and value lie within the buffer.
    unsafe {
        let place = head.msg_control.cast::<u8>().add(*used).cast::<libc::cmsghdr>();
        (*place).cmsg_len = len;
        (*place).cmsg_level = level;
        (*place).cmsg_type = kind;
        ptr::write_unaligned(libc::CMSG_DATA(place).cast::<T>(), value);
    }
    *used += space;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::UdpSocket;

    fn check(loopback: &str, segment: usize, len: usize, expected: &[usize]) {
        let socket = open(SocketAddr::new(loopback.parse().expect("address"), 0)).expect("a socket");
        let port = socket.local_addr().expect("bound").as_socket().expect("ip").port();
        let client = UdpSocket::bind((loopback, 0)).expect("client");
        client.set_read_timeout(Some(Duration::from_secs(5))).expect("timeout");
        let sent_at = Instant::now() - Duration::from_millis(1);
        client.send_to(b"hello", (loopback, port)).expect("send");

        let mut inbox = Inbox::new();
        let until = Instant::now() + Duration::from_secs(5);
        while inbox.read(&socket) == 0 {
            assert!(Instant::now() < until, "the datagram arrives");
        }
        let got = inbox.datagram(0).expect("whole datagram");
        assert_eq!(got.bytes, b"hello");
        assert!(
            got.arrived >= sent_at && got.arrived <= Instant::now(),
            "arrival lies between sending and reading"
        );
        assert_eq!(got.local.to_string(), loopback);
        let run = Run { remote: got.remote, local: got.local, start: 3, len, segment };

        let bytes = vec![7u8; 3 + len];
        assert_eq!(Outbox::new().send(&socket, &bytes, &[run]), Sent { runs: 1, stop: None });
        let mut buffer = [0; 4000];
        let sizes: Vec<usize> = expected.iter().map(|_| client.recv(&mut buffer).expect("segment")).collect();
        assert_eq!(sizes, expected);
    }

    #[test]
    fn run_leaves_as_single_datagrams_from_the_address_that_was_asked() {
        check("127.0.0.1", 1000, 2500, &[1000, 1000, 500]);
        check("127.0.0.1", 900, 900, &[900]);
    }

    #[test]
    fn run_leaves_over_ipv6_too() {
        if UdpSocket::bind("[::1]:0").is_ok() {
            check("::1", 1000, 2500, &[1000, 1000, 500]);
        }
    }
}
