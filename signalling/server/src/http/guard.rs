//! Bounds open TCP connections before TLS costs anything.
//!
//! Asked by `front` for each connection: counts them in total and by address, and closes what is above
//! the limits at once. A count falls when the connection is dropped or handed to a media shard, which
//! has limits of its own.

use crate::rate::address_key;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

#[derive(Debug)]
struct Counts {
    total: usize,
    // Never larger than `total`: an entry goes with its last connection.
    by_address: HashMap<IpAddr, usize>,
}

/// Acceptor that counts.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    counts: Arc<Mutex<Counts>>,
    total_limit: usize,
    address_limit: usize,
    /// Proxies stand for many addresses: only the total bounds them.
    proxies: Arc<[IpAddr]>,
}

impl Guard {
    pub(crate) fn new(total_limit: usize, address_limit: usize, proxies: &[IpAddr]) -> Self {
        let counts = Counts { total: 0, by_address: HashMap::new() };
        let counts = Arc::new(Mutex::new(counts));
        Self { counts, total_limit, address_limit, proxies: proxies.into() }
    }

    /// Counts one connection of `address`, or says that there are too many.
    fn admit(&self, address: IpAddr) -> Option<Place> {
        let key = address_key(address);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let own = counts.by_address.get(&key).copied().unwrap_or(0);
        let too_many = own >= self.address_limit && !self.proxies.contains(&key);
        if counts.total >= self.total_limit || too_many {
            metrics::counter!("vc_http_sockets_refused_total").increment(1);
            return None;
        }
        counts.total += 1;
        counts.by_address.insert(key, own + 1);
        metrics::gauge!("vc_http_sockets").set(counts.total as f64);
        Some(Place { counts: self.counts.clone(), key })
    }
}

/// One counted connection.
#[derive(Debug)]
struct Place {
    counts: Arc<Mutex<Counts>>,
    key: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.total -= 1;
        if let Some(own) = counts.by_address.get_mut(&self.key) {
            *own -= 1;
            if *own == 0 {
                counts.by_address.remove(&self.key);
            }
        }
        metrics::gauge!("vc_http_sockets").set(counts.total as f64);
    }
}

impl Guard {
    /// Counts `stream`.
    ///
    /// # Errors
    /// `QuotaExceeded` when there are too many, or whatever keeps it from being used.
    pub(super) fn count(&self, stream: TcpStream) -> io::Result<PortStream> {
        let place = self.admit(stream.peer_addr()?.ip());
        let place = place.ok_or_else(|| io::Error::from(io::ErrorKind::QuotaExceeded))?;
        // Deltas are small and awaited: Nagle's algorithm would hold them back.
        stream.set_nodelay(true)?;
        Ok(PortStream { stream, _place: place })
    }
}

/// A connection to the HTTPS port, which gives its place back when it ends.
#[derive(Debug)]
pub struct PortStream {
    stream: TcpStream,
    _place: Place,
}

impl PortStream {
    /// Our end and the other one.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn ends(&self) -> io::Result<(SocketAddr, SocketAddr)> {
        Ok((self.stream.local_addr()?, self.stream.peer_addr()?))
    }

    /// The connection itself, which no longer counts.
    #[must_use]
    pub fn into_tcp(self) -> TcpStream {
        self.stream
    }

    /// The first byte, which stays to be read; `None` when the other side closes before any.
    pub(super) async fn first_byte(&self) -> io::Result<Option<u8>> {
        let mut first = [0];
        let count = self.stream.peek(&mut first).await?;
        Ok((count > 0).then_some(first[0]))
    }
}

impl AsyncRead for PortStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for PortStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn one_address_cannot_take_all_places() {
        let guard = Guard::new(10, 2, &[ip("10.0.0.1")]);
        let (a, b) = (guard.admit(ip("192.0.2.1")), guard.admit(ip("192.0.2.1")));
        assert!(a.is_some() && b.is_some());
        assert!(guard.admit(ip("192.0.2.1")).is_none());
        assert!(guard.admit(ip("192.0.2.2")).is_some(), "others still get in");
        drop(a);
        assert!(guard.admit(ip("192.0.2.1")).is_some(), "a place is given back");
    }

    #[test]
    fn trusted_proxy_is_bounded_by_the_total_only() {
        let guard = Guard::new(5, 1, &[ip("10.0.0.1")]);
        let held: Vec<_> = (0..7).filter_map(|_| guard.admit(ip("10.0.0.1"))).collect();
        assert_eq!(held.len(), 5);
        drop(held);
        assert!(guard.counts.lock().expect("not poisoned").by_address.is_empty());
    }
}
