//! Orders from other threads to one shard: a bounded channel and a wake-up.
//!
//! The server puts orders in, the shard loop takes them out between packets. Never blocks on
//! either side; a full mailbox is told to whoever wanted to put something in.

use crate::error::MailboxFull;
use crate::sys::poll::Waker;
use media_control::MediaCommand;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};

/// Orders that wait for one shard; 277 people who join at the same second and choose their
/// pictures need about 1,100.
pub(crate) const MAILBOX_ORDERS: usize = 4096;

/// Connections that wait to be taken over by one shard, so that a flood of them leaves orders room.
pub(crate) const MAILBOX_ADOPTIONS: usize = 256;

/// A connection for the shard, and what has been read of it.
#[derive(Debug)]
pub(crate) struct Adoption {
    pub(crate) stream: TcpStream,
    pub(crate) held: Box<[u8]>,
    _place: AdoptionPlace,
}

/// One of the waiting adoptions; counts until the shard has it.
#[derive(Debug)]
struct AdoptionPlace(Arc<AtomicUsize>);

impl Drop for AdoptionPlace {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One order to a shard.
#[derive(Debug)]
pub(crate) enum Order {
    Command(MediaCommand),
    Adopt(Adoption),
    /// End every leg and leave.
    Stop,
}

/// The outer end; any thread may hold one.
#[derive(Clone)]
pub(crate) struct MailboxSender {
    orders: SyncSender<Order>,
    waker: Waker,
    adoptions: Arc<AtomicUsize>,
}

/// The shard's end.
pub(crate) struct Mailbox {
    orders: Receiver<Order>,
}

/// A mailbox whose sender wakes the thread behind `waker`.
pub(crate) fn mailbox(waker: Waker) -> (MailboxSender, Mailbox) {
    let (sender, receiver) = sync_channel(MAILBOX_ORDERS);
    (MailboxSender { orders: sender, waker, adoptions: Arc::default() }, Mailbox { orders: receiver })
}

impl MailboxSender {
    /// Puts `order` in and wakes the shard.
    ///
    /// # Errors
    /// [`MailboxFull`]; the shard is alive but behind. Orders to a shard that has left are
    /// dropped: it has no legs any more.
    pub(crate) fn send(&self, order: Order) -> Result<(), MailboxFull> {
        let result = match self.orders.try_send(order) {
            Ok(()) | Err(TrySendError::Disconnected(_)) => Ok(()),
            Err(TrySendError::Full(_)) => Err(MailboxFull),
        };
        self.waker.wake();
        result
    }

    /// Puts a connection in.
    ///
    /// # Errors
    /// [`MailboxFull`]; the connection is closed.
    pub(crate) fn adopt(&self, stream: TcpStream, held: Box<[u8]>) -> Result<(), MailboxFull> {
        let waiting = self.adoptions.fetch_add(1, Ordering::Relaxed);
        let place = AdoptionPlace(Arc::clone(&self.adoptions));
        if waiting >= MAILBOX_ADOPTIONS {
            return Err(MailboxFull);
        }
        self.send(Order::Adopt(Adoption { stream, held, _place: place }))
    }
}

impl Mailbox {
    /// The next order; [`Order::Stop`] once nobody can send any more.
    pub(crate) fn next(&self) -> Option<Order> {
        match self.orders.try_recv() {
            Ok(order) => Some(order),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Order::Stop),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::poll::Poll;
    use media_control::LegId;

    #[test]
    fn full_mailbox_refuses_and_keeps_what_it_has() {
        let poll = Poll::new().expect("epoll");
        let (sender, mailbox) = mailbox(poll.waker());
        let order = |n| Order::Command(MediaCommand::CloseLeg { leg: LegId(n) });
        for n in 0..MAILBOX_ORDERS as u64 {
            sender.send(order(n)).expect("room");
        }
        assert_eq!(sender.send(order(9999)), Err(MailboxFull));
        assert!(matches!(mailbox.next(), Some(Order::Command(MediaCommand::CloseLeg { leg: LegId(0) }))));
        assert_eq!(sender.send(order(1)), Ok(()));
    }
    #[test]
    fn flood_of_connections_leaves_room_for_orders() {
        let poll = Poll::new().expect("epoll");
        let (sender, mailbox) = mailbox(poll.waker());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("listener");
        let stream = TcpStream::connect(listener.local_addr().expect("bound")).expect("connect");
        let one = || sender.adopt(stream.try_clone().expect("a descriptor"), Box::default());
        assert!((0..MAILBOX_ADOPTIONS).all(|_| one().is_ok()));
        assert_eq!(one(), Err(MailboxFull));
        assert_eq!(sender.send(Order::Stop), Ok(()));
        assert!(matches!(mailbox.next(), Some(Order::Adopt(_))));
        assert_eq!(one(), Ok(()), "a place is given back");
    }
}
