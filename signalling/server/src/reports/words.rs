//! Words of the reports, in the language of the officials who sign them.
//!
//! The web client's texts stand in its locale files; these stand in documents that leave the system.

use conference::Role;
use conference::roll_call::SiteResult;
use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};

/// A result of the roll call.
pub(super) const fn result(result: Option<SiteResult>) -> &'static str {
    match result {
        Some(SiteResult::Present) => "Đạt",
        Some(SiteResult::NoSound) => "Không tiếng",
        Some(SiteResult::NoPicture) => "Không hình",
        Some(SiteResult::Absent) => "Vắng",
        None => "Chưa điểm danh",
    }
}

/// The same as programs know it.
pub(super) const fn code(result: Option<SiteResult>) -> &'static str {
    match result {
        Some(SiteResult::Present) => "present",
        Some(SiteResult::NoSound) => "no_sound",
        Some(SiteResult::NoPicture) => "no_picture",
        Some(SiteResult::Absent) => "absent",
        None => "",
    }
}

/// A role.
pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::Chair => "Chủ trì",
        Role::Secretary => "Thư ký",
        Role::Delegate => "Đại biểu",
        Role::Listener => "Người theo dõi",
        Role::SiteOperator => "Cán bộ điểm cầu",
        Role::DutyOperator => "Cán bộ trực",
        Role::Clerk => "Văn thư",
        Role::UnitAdministrator => "Quản trị đơn vị",
        Role::Administrator => "Quản trị viên",
    }
}

/// Date and time of day in Việt Nam, which has had one offset since 1975.
pub(super) fn time(at_ms: i64) -> String {
    let zone = TimeZone::fixed(offset(7));
    let at = Timestamp::from_millisecond(at_ms).unwrap_or_default();
    at.to_zoned(zone).strftime("%d/%m/%Y %H:%M:%S").to_string()
}

/// Hours, minutes and seconds.
pub(super) fn span(ms: u64) -> String {
    let seconds = ms / 1000;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
