//! `webrtc-rs-probe ADDRESS…`: one receiver on the whole async `webrtc` stack, led over standard input and output.
//!
//! Started by loadtest beside its own clients, which share code with the server that they measure: what both see
//! must be the same. A line is a word and a text in hexadecimal. `offer` is answered by `sdp TEXT`, `answer TEXT`
//! by `ok`, `remote TEXT` (an offer) by `sdp TEXT`, `count` by `count PACKETS CONTENTS`; anything that fails
//! by `failed TEXT`. Ends with its input.

mod receiver;

use receiver::Receiver;
use std::fmt::Write as _;
use std::io::{BufRead as _, Write as _};
use tokio::sync::mpsc;

fn to_hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a String takes everything");
        hex
    })
}

fn from_hex(hex: &str) -> Option<String> {
    let digits: Option<Vec<u8>> = hex.chars().map(|it| it.to_digit(16).map(|it| it as u8)).collect();
    let bytes = digits?.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    String::from_utf8(bytes).ok()
}

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let addresses: Vec<String> = std::env::args().skip(1).collect();
    let receiver = Receiver::new(addresses).await?;
    let (tell, mut lines) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if tell.blocking_send(line).is_err() {
                return;
            }
        }
    });
    while let Some(line) = lines.recv().await {
        let (word, hex) = line.split_once(' ').unwrap_or((line.as_str(), ""));
        let text = from_hex(hex).unwrap_or_default();
        let said = match word {
            "offer" => receiver.offer().await.map(|sdp| format!("sdp {}", to_hex(&sdp))),
            "answer" => receiver.take_answer(text).await.map(|()| "ok".to_owned()),
            "remote" => receiver.answer(text).await.map(|sdp| format!("sdp {}", to_hex(&sdp))),
            _ => {
                let (packets, contents) = receiver.count();
                Ok(format!("count {packets} {contents}"))
            }
        };
        let said = said.unwrap_or_else(|failure| format!("failed {}", to_hex(&failure.to_string())));
        let mut out = std::io::stdout().lock();
        writeln!(out, "{said}")?;
        out.flush()?;
    }
    Ok(())
}
