//! What a mail says: subject, plain text, HTML and calendar entry, in the language of the officials.
//!
//! Called by `outbox` when a mail is sent. What comes from people is escaped; the title of a meeting about
//! state secrets never leaves.

use super::calendar::{Entry, Method, answer_link, open_title, single};
use crate::protocol::api::ApiError;
use crate::protocol::invitations::{InvitedRole, MailKind};
use crate::schedule::{Desk, Details, local};
use crate::store::{DispatchRow, Inviting as _, Planned, Planning as _};
use conference::{Secrecy, Timestamp};
use media_control::ConferenceId;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// What a row of the outbox keeps of a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Letter {
    pub to: String,
    pub name: String,
    pub role: InvitedRole,
    /// Of the calendar entry.
    pub sequence: u32,
    /// The invitation was taken back; the meeting itself goes on.
    pub withdrawn: bool,
    /// The meeting was cancelled, and takes place after all.
    #[serde(default)]
    pub restored: bool,
}

/// A mail ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mail {
    pub to: String,
    pub name: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Method and entry.
    pub calendar: Option<(&'static str, String)>,
}

const fn role_words(role: InvitedRole) -> &'static str {
    match role {
        InvitedRole::Chair => "chủ trì",
        InvitedRole::Deputy => "người thay chủ trì",
        InvitedRole::Secretary => "thư ký",
        InvitedRole::Delegate => "đại biểu",
        InvitedRole::Listener => "người theo dõi",
        InvitedRole::SiteOperator => "cán bộ điểm cầu",
        InvitedRole::DutyOperator => "cán bộ trực",
    }
}

const DAYS: [&str; 7] = ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"];

fn time_words(at: Timestamp) -> String {
    let Some(at) = local(at.0) else { return String::new() };
    let day = DAYS[usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or(0)];
    at.strftime(&format!("%H giờ %M phút, {day}, ngày %d/%m/%Y")).to_string()
}

const fn heading(kind: MailKind, letter: &Letter) -> (&'static str, &'static str) {
    match (kind, letter.withdrawn) {
        (MailKind::Change, _) if letter.restored => {
            ("Họp theo lịch cũ", "Cuộc họp đã báo hủy nay vẫn được tổ chức:")
        }
        (MailKind::Invitation, _) => ("Giấy mời họp", "Trân trọng kính mời đồng chí dự cuộc họp trực tuyến:"),
        (MailKind::Change, _) => ("Thay đổi lịch họp", "Cuộc họp mà đồng chí được mời có thay đổi:"),
        (MailKind::Cancellation, false) => ("Hủy họp", "Cuộc họp sau đây đã được hủy:"),
        (MailKind::Cancellation, true) => {
            ("Thôi mời họp", "Đồng chí không còn trong thành phần dự cuộc họp:")
        }
        (MailKind::Reminder, _) => ("Nhắc lịch họp", "Xin nhắc đồng chí về cuộc họp sắp diễn ra:"),
    }
}

/// Text in HTML, its lines under each other.
fn escaped(text: &str) -> String {
    // What XML escapes is what HTML must: the five letters, and a carriage return, which it ignores.
    quick_xml::escape::escape(text).replace('\n', "<br>")
}

/// The mail of `row`; `None` when there is nothing to be said any more.
pub(crate) async fn mail_of(
    desk: &Desk<'_>,
    row: &DispatchRow,
    link: &str,
    from: &str,
) -> Result<Option<Mail>, ApiError> {
    let letter: Option<Letter> = serde_json::from_str(&row.body).ok();
    let kind: Option<MailKind> = serde_json::from_value(serde_json::Value::String(row.word.clone())).ok();
    let (Some(letter), Some(kind), Ok(id)) = (letter, kind, ConferenceId::new(&row.conference)) else {
        return Ok(None);
    };
    let Some(planned) = desk.store.planned(&id).await? else { return Ok(None) };
    let is_off = planned.plan.cancelled.is_some();
    let is_there = desk.store.invitation(&id, &row.target).await?.is_some();
    if kind != MailKind::Cancellation && (is_off || !is_there) {
        return Ok(None);
    }
    // Taken back before anybody was told, perhaps cancelled anew.
    let is_this = is_off && letter.sequence == planned.plan.sequence;
    if kind == MailKind::Cancellation && !letter.withdrawn && !is_this {
        return Ok(None);
    }
    let paper = Paper { kind, letter: &letter, planned: &planned, link, from };
    Ok(Some(paper.mail(desk, &row.target)))
}

struct Paper<'a> {
    kind: MailKind,
    letter: &'a Letter,
    planned: &'a Planned,
    link: &'a str,
    from: &'a str,
}

impl Paper<'_> {
    /// Names and values, as they stand under each other.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let (meeting, plan) = (&self.planned.meeting, &self.planned.plan);
        let details = Details::of(plan);
        let mut facts = vec![("Nội dung", open_title(self.planned).to_owned())];
        if let Some(starts) = plan.starts {
            facts.push(("Thời gian", format!("{} (dự kiến {} phút)", time_words(starts), plan.minutes)));
        }
        if !meeting.label.is_empty() {
            facts.push(("Độ mật", meeting.label.clone()));
        }
        if self.kind == MailKind::Cancellation {
            if !details.cancel_reason.is_empty() && !self.letter.withdrawn {
                facts.push(("Lý do", details.cancel_reason));
            }
            return facts;
        }
        facts.push(("Tư cách", role_words(self.letter.role).to_owned()));
        if meeting.settings.secrecy != Secrecy::StateSecret {
            if !details.note.is_empty() {
                facts.push(("Ghi chú", details.note));
            }
            if !details.agenda.is_empty() {
                let item = |(number, item): (usize, &crate::protocol::meetings::PlannedItem)| {
                    format!("{}. {}", number + 1, item.title)
                };
                let items: Vec<String> = details.agenda.iter().enumerate().map(item).collect();
                facts.push(("Chương trình", items.join("\n")));
            }
        }
        facts
    }

    fn mail(&self, desk: &Desk<'_>, invitation: &str) -> Mail {
        let (title, opening) = heading(self.kind, self.letter);
        let facts = self.facts();
        let mut links = Vec::new();
        if self.kind != MailKind::Cancellation {
            links.push(("Vào họp", format!("{}/c/{}", self.link, self.planned.meeting.id)));
            links.push(("Trả lời giấy mời", answer_link(desk, self.link, invitation)));
        }
        let name = &self.letter.name;
        let mut text = format!("Kính gửi: {name}\n\n{opening}\n\n");
        let mut html = format!("<p>Kính gửi: <b>{}</b></p><p>{opening}</p><table>", escaped(name));
        for (fact, value) in &facts {
            let _ = writeln!(text, "{fact}: {value}");
            let _ = write!(
                html,
                "<tr><td style=\"padding:2px 12px 2px 0;vertical-align:top\">{fact}</td><td>{}</td></tr>",
                escaped(value)
            );
        }
        html.push_str("</table>");
        for (words, address) in &links {
            let _ = write!(text, "\n{words}: {address}\n");
            let _ = write!(html, "<p><a href=\"{0}\">{words}</a><br>{0}</p>", escaped(address));
        }
        text.push_str("\nThư này do hệ thống họp trực tuyến Điểm Cầu gửi tự động.\n");
        html.push_str("<p>Thư này do hệ thống họp trực tuyến Điểm Cầu gửi tự động.</p>");
        Mail {
            to: self.letter.to.clone(),
            name: name.clone(),
            subject: format!("[{title}] {}", open_title(self.planned)),
            text,
            html: format!(
                "<!doctype html><html lang=\"vi\"><meta charset=\"utf-8\"><body>{html}</body></html>"
            ),
            calendar: self.calendar(desk),
        }
    }

    fn calendar(&self, desk: &Desk<'_>) -> Option<(&'static str, String)> {
        let is_off = self.kind == MailKind::Cancellation;
        let entry = Entry {
            planned: self.planned,
            sequence: self.letter.sequence.max(if is_off { 0 } else { self.planned.plan.sequence }),
            cancelled: is_off,
            link: self.link,
            from: Some(self.from),
            to: Some((&self.letter.name, &self.letter.to)),
            stamp: desk.now,
        };
        let method = if is_off { Method::Cancel } else { Method::Request };
        Some((method.word(), single(method, &entry)?))
    }
}
