//! A flood of connects from one address while a meeting goes on.

use crate::stage::{Stage, bearer};
use conference::Role;
use serde_json::json;
use signalling_server::rate::Rate;

/// Connects that strangers, and each person, may make before they are refused.
const BURST: u32 = 50;
/// Connects of the flood; one in two of them has a good token.
const FLOOD: usize = 600;

#[tokio::test]
async fn flood_from_one_address_is_refused_and_the_meeting_goes_on() {
    let stage = Stage::start_with(|limits| {
        limits.connects_per_address = Rate { burst: BURST, per_second: 0.001 };
        limits.connects_per_person = Rate { burst: BURST, per_second: 0.001 };
    })
    .await;
    let mut chair = stage.join("demo", "Chủ tịch", Role::Chair).await;
    let mut a = stage.join("demo", "A", Role::Delegate).await;
    let token = bearer(&stage.token("demo", "Lũ", Role::Delegate).await);
    let http = stage.http();
    let flood = async {
        let (mut refused, mut open) = (0, Vec::new());
        for turn in 0..FLOOD {
            let headers = [("authorization", token.as_str())];
            let headers = if turn % 2 == 0 { &headers[..] } else { &[] };
            match http.websocket("demo", headers).await {
                Ok(socket) => open.push(socket),
                Err((429, error)) => {
                    assert_eq!(error, "too_many");
                    refused += 1;
                }
                Err((status, _)) => assert_eq!(status, 401),
            }
        }
        (refused, open.len())
    };
    let meeting = async {
        // Two requests a turn stay below the burst that one session may send (FRAME_RATE).
        for turn in 0..30 {
            let text = format!("lượt {turn}");
            chair.done(json!({"type": "raise_hand"})).await;
            chair.done(json!({"type": "lower_hand"})).await;
            a.done(json!({"type": "set_media", "microphone": turn % 2 == 0, "camera": true,
                          "screen": false}))
                .await;
            if turn % 10 == 0 {
                chair.done(json!({"type": "chat", "text": text})).await;
                a.until(|f| f["delta"]["message"]["text"] == text).await;
            }
            tokio::task::yield_now().await;
        }
    };
    let ((refused, open), ()) = tokio::join!(flood, meeting);
    assert_eq!((refused, open), (FLOOD - 2 * BURST as usize, BURST as usize));
    // Others behind the same address come in as ever.
    stage.join("demo", "Đến muộn", Role::Delegate).await;
}
