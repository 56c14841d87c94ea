//! Reads on what a refused request still sends, so that whoever sends it hears the answer.
//!
//! A layer around everything. Closing a connection over unread bytes resets it, and the reset overtakes the
//! answer (RFC 1122 section 4.2.2.13); a client would take a refusal for a broken line. Bounded by
//! [`MOST_BYTES`] and [`MOST_TIME`] of one request; whoever sends more is cut off.

use axum::body::{Body, BodyDataStream, Bytes, HttpBody as _};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{Stream, StreamExt as _};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;

/// Read for nothing of one request.
const MOST_BYTES: usize = 1 << 20;
/// Longest that this may take.
const MOST_TIME: Duration = Duration::from_secs(5);

pub(super) async fn read_on(request: Request, next: Next) -> Response {
    let wrapped = |body: Body| {
        if body.is_end_stream() { body } else { Body::from_stream(ReadOn(Some(body.into_data_stream()))) }
    };
    next.run(request.map(wrapped)).await
}

/// A body of which the rest is read when nobody wants it any more; nothing once it has ended.
struct ReadOn(Option<BodyDataStream>);

impl Stream for ReadOn {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(body) = &mut self.0 else { return Poll::Ready(None) };
        let next = std::task::ready!(body.poll_next_unpin(context));
        if !matches!(next, Some(Ok(_))) {
            self.0 = None;
        }
        Poll::Ready(next)
    }
}

impl Drop for ReadOn {
    fn drop(&mut self) {
        // Without a runtime the server is stopping.
        if let (Some(body), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(discard(body));
        }
    }
}

async fn discard(mut body: BodyDataStream) {
    let rest = async {
        let mut read = 0;
        while let Some(Ok(part)) = body.next().await {
            read += part.len();
            if read > MOST_BYTES {
                return;
            }
        }
    };
    // Slower: the connection is closed.
    let _ = tokio::time::timeout(MOST_TIME, rest).await;
}
