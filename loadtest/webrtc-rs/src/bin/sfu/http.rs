//! As much HTTP/1.1 as the driver of loadtest speaks: one request a connection.
//!
//! Called by `main`. Bounds what it reads; answers nothing to what it cannot read.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Longest request with its body.
const MAX_REQUEST: usize = 256 << 10;

pub struct Request {
    pub method: String,
    pub path: String,
    pub body: String,
}

pub struct Answer {
    /// Number and words of the status line.
    pub status: &'static str,
    pub location: Option<String>,
    pub body: String,
}

/// Reads one request to the end of its body.
pub async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
            break at;
        }
        more(stream, &mut bytes).await?;
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).ok()?;
    let mut words = head.split([' ', '\r']);
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        if name.eq_ignore_ascii_case("content-length") { value.trim().parse::<usize>().ok() } else { None }
    });
    let end = head_end + 4 + length.unwrap_or(0).min(MAX_REQUEST);
    while bytes.len() < end {
        more(stream, &mut bytes).await?;
    }
    Some(Request { method, path, body: String::from_utf8(bytes[head_end + 4..end].to_vec()).ok()? })
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut chunk = [0; 4096];
    let len = stream.read(&mut chunk).await.ok()?;
    bytes.extend_from_slice(&chunk[..len]);
    (len > 0 && bytes.len() <= MAX_REQUEST).then_some(())
}

/// Writes the answer and ends the connection.
pub async fn write(stream: &mut TcpStream, answer: &Answer) {
    let location = answer.location.as_ref().map(|it| format!("location: {it}\r\n")).unwrap_or_default();
    let (status, length) = (answer.status, answer.body.len());
    let head =
        format!("HTTP/1.1 {status}\r\n{location}content-length: {length}\r\nconnection: close\r\n\r\n");
    // A client that has gone needs no answer.
    let _ = stream.write_all(&[head.as_bytes(), answer.body.as_bytes()].concat()).await;
    let _ = stream.shutdown().await;
}
