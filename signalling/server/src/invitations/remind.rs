//! Reminders before a meeting.
//!
//! Called once a minute by `outbox`. A meeting that was made too late for a reminder gets none of that
//! kind; of two that are due at once only the later one goes out.

use super::tell::{News, tell_all};
use crate::protocol::api::ApiError;
use crate::schedule::{Desk, Details};
use crate::store::Planning as _;

/// Meetings reminded of in one turn.
const MEETINGS_A_TURN: u32 = 100;

/// Puts in what is due; `leads` are minutes before the start.
pub(crate) async fn remind(desk: &Desk<'_>, leads: &[u32]) -> Result<(), ApiError> {
    let mut leads = leads.to_vec();
    // The shortest first: it settles the longer ones as well.
    leads.sort_unstable();
    for lead in leads.into_iter().filter(|lead| *lead > 0) {
        let until = desk.now.plus_ms(i64::from(lead) * 60_000);
        for planned in desk.store.to_remind(desk.now, until, lead, MEETINGS_A_TURN).await? {
            let due = planned.plan.starts.map(|starts| starts.plus_ms(-i64::from(lead) * 60_000));
            let was_there = due.is_some_and(|due| planned.meeting.created < due);
            // Noted after the mails are in: a crash in between finds them in already.
            if was_there && Details::of(&planned.plan).is_told {
                tell_all(desk, &planned, News::Reminder(lead)).await?;
            }
            desk.store.note_reminded(&planned.meeting.id, lead).await?;
        }
    }
    Ok(())
}
