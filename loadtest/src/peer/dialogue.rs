//! Sessions with a server over a WebSocket: what is said is the driver's, how it travels stands here.
//!
//! Used by the drivers of servers that speak so. A thread for each session answers what the server says
//! later, such as a new offer, until its [`Seat`] is dropped. No thread here carries media.

use super::Seat;
use crate::error::Failure;
use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tungstenite::client::IntoClientRequest as _;
use tungstenite::http::HeaderValue;
use tungstenite::{Message, WebSocket};

/// Longest until a session is settled; a server under the storm of a whole run may be slow.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest wait of one read, which is also how often the session is kept alive.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// Enough for a description of a hundred lines in text.
const STACK_BYTES: usize = 512 << 10;

/// One session: pure words, in and out.
pub trait Dialogue: Send + 'static {
    /// What is said first.
    fn open(&mut self) -> Vec<Message>;

    /// Takes what the server said; the answers to it.
    ///
    /// # Errors
    /// `Refused`, `Description`.
    fn hear(&mut self, message: &Message) -> Result<Vec<Message>, Failure>;

    /// Both descriptions are exchanged.
    fn is_settled(&self) -> bool;

    /// What keeps the session alive.
    fn keep_alive(&mut self) -> Message;

    /// What ends it.
    fn close(&mut self) -> Option<Message>;
}

/// Where a server's WebSocket is.
#[derive(Clone, Copy, Debug)]
pub struct Door<'a> {
    pub name: &'static str,
    pub address: Ipv4Addr,
    pub port: u16,
    pub path: &'a str,
    pub protocol: Option<&'static str>,
}

/// Opens a session, leads it until it is settled, and goes on leading it from a thread of its own.
///
/// # Errors
/// `Refused`, `Description`.
pub fn lead(door: Door<'_>, mut dialogue: impl Dialogue) -> Result<Box<dyn Seat>, Failure> {
    let refused = |said: String| Failure::Refused { name: door.name, said };
    let mut socket = open(door).map_err(&refused)?;
    let until = Instant::now() + PATIENCE;
    say(&mut socket, dialogue.open()).map_err(|it| refused(it.to_string()))?;
    while !dialogue.is_settled() {
        if Instant::now() > until {
            return Err(refused(format!("nothing settled within {} s", PATIENCE.as_secs())));
        }
        exchange(&mut socket, &mut dialogue, door.name)?;
    }
    let line = socket.get_ref().try_clone().map_err(Failure::system("line to a server"))?;
    let thread = std::thread::Builder::new()
        .name(format!("{}-session", door.name))
        .stack_size(STACK_BYTES)
        .spawn(move || {
            while exchange(&mut socket, &mut dialogue, door.name).is_ok() {}
            // The line may be gone already.
            let _ = say(&mut socket, dialogue.close().into_iter().collect());
        })
        .map_err(Failure::system("thread of a session"))?;
    Ok(Box::new(Session { line, thread: Some(thread) }))
}

fn open(door: Door<'_>) -> Result<WebSocket<TcpStream>, String> {
    let text = |failure: &dyn std::fmt::Display| failure.to_string();
    let stream = TcpStream::connect((door.address, door.port)).map_err(|it| text(&it))?;
    stream.set_nodelay(true).map_err(|it| text(&it))?;
    // The first answer, too, may be slow to come.
    stream.set_read_timeout(Some(PATIENCE)).map_err(|it| text(&it))?;
    let address = format!("ws://{}:{}{}", door.address, door.port, door.path);
    let mut request = address.into_client_request().map_err(|it| text(&it))?;
    if let Some(protocol) = door.protocol {
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static(protocol));
    }
    let (socket, _) = tungstenite::client(request, stream).map_err(|it| text(&it))?;
    socket.get_ref().set_read_timeout(Some(KEEP_ALIVE)).map_err(|it| text(&it))?;
    Ok(socket)
}

fn say(socket: &mut WebSocket<TcpStream>, messages: Vec<Message>) -> tungstenite::Result<()> {
    for message in messages {
        socket.write(message)?;
    }
    socket.flush()
}

/// Waits for one message and answers it, or keeps the session alive when none comes.
fn exchange(
    socket: &mut WebSocket<TcpStream>,
    dialogue: &mut impl Dialogue,
    name: &'static str,
) -> Result<(), Failure> {
    let answers = match socket.read() {
        Ok(message) => dialogue.hear(&message)?,
        Err(tungstenite::Error::Io(failure))
            if matches!(failure.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
        {
            vec![dialogue.keep_alive()]
        }
        Err(failure) => return Err(Failure::Refused { name, said: failure.to_string() }),
    };
    say(socket, answers).map_err(|failure| Failure::Refused { name, said: failure.to_string() })
}

struct Session {
    line: TcpStream,
    thread: Option<JoinHandle<()>>,
}

impl Seat for Session {}

impl Drop for Session {
    fn drop(&mut self) {
        // Ends the read; what is still said reaches the server.
        let _ = self.line.shutdown(Shutdown::Read);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let _ = self.line.shutdown(Shutdown::Both);
    }
}
