//! A media worker: the process on the other side of the supervisor's socket. Called by the program's
//! hidden sub-command; ends when the supervisor closes the socket or is gone.

use super::figures::Figures;
use super::words::{Order, Report, Settings, message};
use crate::server::MediaServer;
use crate::workers::{Said, WorkerEnd};
use media_control::MediaCommand;
use std::io;
use std::time::{Duration, Instant};
use tracing::{error, info};

/// Time between two deliveries of counters.
const COUNT_EVERY: Duration = Duration::from_secs(1);
/// A shard that makes no turn for this long is stuck: its legs would hang without a word.
const STUCK_AFTER: Duration = Duration::from_secs(10);

/// Runs a media worker until its supervisor ends it.
///
/// # Errors
/// Standard input is no socket of a supervisor, or the media server cannot start.
pub fn run_media_worker() -> Result<(), io::Error> {
    let mut end = WorkerEnd::from_stdin(COUNT_EVERY)?;
    let Some(settings) = settings(&mut end)? else { return Ok(()) };
    let figures = Figures::default();
    // There can be no other recorder in this process before.
    let _ = metrics::set_global_recorder(figures.clone());
    let sender = end.sender();
    let events = sender.clone();
    let sink = Box::new(move |event| events.send(message(&Report::Happened(event))).is_ok());
    let server = MediaServer::start(settings.into_config(), sink).map_err(io::Error::other)?;
    // The queue is empty here, so this message, without which we get no leg, finds room.
    let _ = sender.send(message(&Report::Ready));
    let (mut count_at, mut turned_at) = (Instant::now(), Instant::now());
    loop {
        match end.hear() {
            Ok(Said::Message(bytes)) => match serde_json::from_slice(&bytes) {
                Ok(Order::Carry(command)) => carry(&server, &command),
                Ok(Order::Start(_)) | Err(_) => error!("supervisor sent what is no order"),
            },
            Ok(Said::Lives | Said::Nothing) => {}
            Ok(Said::End) | Err(_) => break,
        }
        let now = Instant::now();
        if server.has_turned() {
            turned_at = now;
        } else if now.saturating_duration_since(turned_at) >= STUCK_AFTER {
            error!("a media shard is stuck, the process ends to be started anew");
            std::process::abort();
        }
        if now >= count_at {
            count_at = now + COUNT_EVERY;
            // Full: the next delivery says it all.
            let _ = sender.send(message(&Report::Counted(figures.all())));
        }
    }
    info!("supervisor has closed, media worker ends");
    server.shutdown();
    Ok(())
}

fn settings(end: &mut WorkerEnd) -> io::Result<Option<Settings>> {
    loop {
        match end.hear()? {
            Said::Message(bytes) => {
                return match serde_json::from_slice(&bytes)? {
                    Order::Start(settings) => Ok(Some(*settings)),
                    Order::Carry(_) => Err(io::ErrorKind::InvalidData.into()),
                };
            }
            Said::Lives | Said::Nothing => {}
            Said::End => return Ok(None),
        }
    }
}

/// The supervisor was told that the order was taken, so it waits here for its place; while it does, no
/// other order is read, and the supervisor's own queue fills and refuses.
fn carry(server: &MediaServer, command: &MediaCommand) {
    while server.send(command.clone()).is_err() {
        std::thread::yield_now();
    }
}
