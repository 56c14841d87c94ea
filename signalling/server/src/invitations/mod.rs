//! Who is invited, what they are told, and what they answer.
//!
//! Called by `schedule` when a meeting is made, changed or cancelled, and by the HTTP side. Mails are put
//! into the outbox here and sent by `outbox`; nothing here waits for a mail server.

mod answer;
mod calendar;
mod file;
mod guests;
mod letter;
mod list;
mod remind;
mod tell;
mod workbook;

pub(crate) use answer::{answer, enter, own_invitation, shown, with_token};
pub(crate) use calendar::{Entry, Method, feed, single};
pub(crate) use file::{InvitedLines, MAX_FILE_BYTES, read_file};
pub(crate) use guests::{Guest, fresh_name, guests_of, is_address, rows_of};
pub(crate) use letter::{Mail, mail_of};
pub(crate) use list::{add, list, outbox, set_role, withdraw};
pub(crate) use remind::remind;
pub(crate) use tell::{News, send, send_all, tell_all};
pub(crate) use workbook::{XLSX, read_workbook};

/// Channel of mails in the store.
pub(crate) const MAIL: &str = "mail";
