//! Plans in SQL, for both databases.
//!
//! The statements below are the same in both dialects and stand here once; the rows' types share no
//! object-safe trait, hence a macro. Whatever differs belongs into `sqlite` or `postgres`.

use super::convert::{self, signed};
use super::meetings_sql::{IMPORT, INSERT};
use super::planning::{Clash, NewPlanned, Plan, Planned, PlannedFilter, Planning, Standing};
use super::{Answer, InvitedSite, Meeting, PostgresStore, SqliteStore, StoreFailure, Unique};
use conference::{PersonId, Timestamp};
use media_control::ConferenceId;
use sqlx::{QueryBuilder, Row as _};

/// Ids in one statement: SQLite takes 999 parameters in old builds.
pub(super) const IDS_AT_ONCE: usize = 400;

const COLUMNS: &str = "SELECT c.*, p.*, \
    (SELECT COUNT(*) FROM conference_sites s WHERE s.conference = c.id) AS sites, \
    (SELECT COUNT(*) FROM invitations i WHERE i.conference = c.id) AS people, \
    (SELECT COUNT(*) FROM invitations i WHERE i.conference = c.id AND i.answer <> 'waiting') AS answered \
    FROM conferences c JOIN plans p ON p.conference = c.id WHERE ";
const COUNT: &str = "SELECT COUNT(*) FROM conferences c JOIN plans p ON p.conference = c.id WHERE ";

/// `text` as a part of a LIKE pattern.
fn pattern(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

macro_rules! read_planned {
    ($row:expr) => {{
        let at = |column: &str| -> Result<Option<Timestamp>, StoreFailure> {
            Ok($row.try_get::<Option<i64>, _>(column)?.map(Timestamp))
        };
        Planned {
            meeting: convert::read_meeting!($row),
            plan: Plan {
                starts: at("starts_ms")?,
                minutes: convert::small($row.try_get("minutes")?, "minutes")?,
                cancelled: at("cancelled_ms")?,
                ended: at("ended_ms")?,
                series: $row.try_get("series")?,
                sequence: convert::small($row.try_get("sequence")?, "sequence")?,
                reminded: convert::small($row.try_get("reminded")?, "reminded")?,
                search: $row.try_get("search")?,
                body: $row.try_get("body")?,
            },
            sites: convert::small($row.try_get("sites")?, "sites")?,
            people: convert::small($row.try_get("people")?, "people")?,
            answered: convert::small($row.try_get("answered")?, "answered")?,
        }
    }};
}

/// Writes the plan of a conference over the one that is there.
macro_rules! write_plan {
    ($tx:expr, $id:expr, $plan:expr) => {
        sqlx::query(
            "INSERT INTO plans (conference, starts_ms, ends_ms, minutes, cancelled_ms, ended_ms, series, \
             sequence, reminded, search, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT (conference) DO UPDATE SET starts_ms = excluded.starts_ms, \
             ends_ms = excluded.ends_ms, minutes = excluded.minutes, \
             cancelled_ms = excluded.cancelled_ms, series = excluded.series, \
             sequence = excluded.sequence, reminded = excluded.reminded, search = excluded.search, \
             body = excluded.body",
        )
        .bind($id.as_str())
        .bind($plan.starts.map(|at| at.0))
        .bind($plan.ends().map(|at| at.0))
        .bind(i64::from($plan.minutes))
        .bind($plan.cancelled.map(|at| at.0))
        .bind($plan.ended.map(|at| at.0))
        .bind(&$plan.series)
        .bind(i64::from($plan.sequence))
        .bind(i64::from($plan.reminded))
        .bind(&$plan.search)
        .bind(&$plan.body)
        .execute(&mut *$tx)
        .await?
    };
}

macro_rules! clash {
    ($row:expr, $is_site:expr, $id:expr) => {{
        let conference: String = $row.try_get("conference")?;
        Clash {
            is_site: $is_site,
            id: $id,
            name: $row.try_get("name")?,
            conference: convert::conference_of(&conference)?,
            title: $row.try_get("title")?,
            starts: Timestamp($row.try_get("starts_ms")?),
            minutes: convert::small($row.try_get("minutes")?, "minutes")?,
        }
    }};
}

macro_rules! planning {
    ($store:ty, $db:ty, $meetings:path) => {
        const _: () = {
            use $meetings as meetings;

            fn narrow(query: &mut QueryBuilder<$db>, filter: &PlannedFilter) {
                query.push("(").push(if filter.timeless { "p.starts_ms IS NULL OR " } else { "" });
                query.push("(p.starts_ms >= ").push_bind(filter.from.0);
                query.push(" AND p.starts_ms < ").push_bind(filter.until.0).push("))");
                if !filter.text.is_empty() {
                    query.push(" AND p.search LIKE ").push_bind(pattern(&filter.text)).push(" ESCAPE '\\'");
                }
                if !filter.kind.is_empty() {
                    query.push(" AND c.kind = ").push_bind(filter.kind.clone());
                }
                const UNDONE: &str = " AND p.cancelled_ms IS NULL AND p.ended_ms IS NULL AND ";
                match filter.standing.as_str() {
                    "open" => {
                        query.push(UNDONE).push("(p.ends_ms IS NULL OR p.ends_ms >= ");
                        query.push_bind(filter.now.0).push(")");
                    }
                    "passed" => {
                        query.push(UNDONE).push("p.ends_ms < ").push_bind(filter.now.0);
                    }
                    "ended" => {
                        query.push(" AND p.cancelled_ms IS NULL AND p.ended_ms IS NOT NULL");
                    }
                    "cancelled" => {
                        query.push(" AND p.cancelled_ms IS NOT NULL");
                    }
                    _ => {}
                }
                if !filter.only.is_empty() {
                    query.push(" AND c.id IN (");
                    let mut list = query.separated(", ");
                    for id in filter.only.iter().take(IDS_AT_ONCE) {
                        list.push_bind(id.as_str().to_owned());
                    }
                    query.push(")");
                }
                if !filter.except.is_empty() {
                    query.push(" AND c.id NOT IN (");
                    let mut list = query.separated(", ");
                    for id in filter.except.iter().take(IDS_AT_ONCE) {
                        list.push_bind(id.as_str().to_owned());
                    }
                    query.push(")");
                }
                if let Some(person) = filter.of {
                    let person = signed(person.0);
                    query.push(" AND (c.created_by = ").push_bind(person);
                    query.push(" OR EXISTS (SELECT 1 FROM invitations i WHERE i.conference = c.id");
                    query.push(" AND i.person = ").push_bind(person);
                    query.push(") OR EXISTS (SELECT 1 FROM conference_sites s JOIN sites k");
                    query.push(" ON k.tree = s.tree AND k.id = s.site WHERE s.conference = c.id");
                    query.push(" AND k.name IN (").push_bind(filter.site_names[0].clone());
                    query.push(", ").push_bind(filter.site_names[1].clone()).push(")))");
                }
            }

            impl Planning for $store {
                async fn create_planned(&self, all: &[NewPlanned]) -> Answer<()> {
                    let mut tx = self.writing().await?;
                    for new in all {
                        meetings::insert(INSERT, &mut tx, &new.meeting)
                            .await
                            .map_err(|error| convert::taken(error, Unique::Conference))?;
                        meetings::insert_sites(&mut tx, &new.meeting.id, &new.sites).await?;
                        write_plan!(tx, new.meeting.id, new.plan);
                        for row in &new.invitations {
                            super::invitations_sql::write_invitation!(tx, super::invitations_sql::INSERT_INVITATION, row);
                        }
                    }
                    Ok(tx.commit().await?)
                }

                async fn change_planned(
                    &self,
                    meeting: &Meeting,
                    plan: &Plan,
                    sites: Option<&[InvitedSite]>,
                ) -> Answer<()> {
                    let mut tx = self.writing().await?;
                    meetings::insert(IMPORT, &mut tx, meeting).await?;
                    write_plan!(tx, meeting.id, plan);
                    if let Some(sites) = sites {
                        sqlx::query("DELETE FROM conference_sites WHERE conference = $1")
                            .bind(meeting.id.as_str())
                            .execute(&mut *tx)
                            .await?;
                        meetings::insert_sites(&mut tx, &meeting.id, sites).await?;
                    }
                    Ok(tx.commit().await?)
                }

                async fn planned(&self, id: &ConferenceId) -> Answer<Option<Planned>> {
                    let mut query = QueryBuilder::<$db>::new(COLUMNS);
                    query.push("c.id = ").push_bind(id.as_str().to_owned());
                    let row = query.build().fetch_optional(self.reading()).await?;
                    row.map(|row| Ok(read_planned!(row))).transpose()
                }

                async fn planned_list(&self, filter: &PlannedFilter) -> Answer<(Vec<Planned>, u32)> {
                    let mut query = QueryBuilder::<$db>::new(COLUMNS);
                    narrow(&mut query, filter);
                    // Those without a time come last either way, the newest of them first.
                    query.push(" ORDER BY p.starts_ms IS NULL, p.starts_ms");
                    query.push(if filter.ascending { ", " } else { " DESC, " });
                    query.push("c.created_ms DESC, c.id LIMIT ").push_bind(i64::from(filter.limit));
                    query.push(" OFFSET ").push_bind(i64::from(filter.offset));
                    let rows = query.build().fetch_all(self.reading()).await?;
                    let mut count = QueryBuilder::<$db>::new(COUNT);
                    narrow(&mut count, filter);
                    let total: i64 = count.build().fetch_one(self.reading()).await?.try_get(0)?;
                    let found: Answer<Vec<Planned>> =
                        rows.iter().map(|row| Ok(read_planned!(row))).collect();
                    Ok((found?, convert::small(total, "count")?))
                }

                async fn series(&self, series: &str, from: Timestamp) -> Answer<Vec<Planned>> {
                    let mut query = QueryBuilder::<$db>::new(COLUMNS);
                    query.push("p.series = ").push_bind(series.to_owned());
                    query.push(" AND p.series <> '' AND p.starts_ms >= ").push_bind(from.0);
                    query.push(" ORDER BY p.starts_ms, c.id");
                    let rows = query.build().fetch_all(self.reading()).await?;
                    rows.iter().map(|row| Ok(read_planned!(row))).collect()
                }

                async fn note_ended(&self, id: &ConferenceId, at: Option<Timestamp>) -> Answer<()> {
                    let mut tx = self.writing().await?;
                    sqlx::query("UPDATE plans SET ended_ms = $2 WHERE conference = $1")
                        .bind(id.as_str())
                        .bind(at.map(|at| at.0))
                        .execute(&mut *tx)
                        .await?;
                    Ok(tx.commit().await?)
                }

                async fn to_remind(
                    &self,
                    from: Timestamp,
                    until: Timestamp,
                    minutes: u32,
                    limit: u32,
                ) -> Answer<Vec<Planned>> {
                    let mut query = QueryBuilder::<$db>::new(COLUMNS);
                    query.push("p.starts_ms > ").push_bind(from.0);
                    query.push(" AND p.starts_ms <= ").push_bind(until.0);
                    query.push(" AND p.cancelled_ms IS NULL AND p.ended_ms IS NULL");
                    query.push(" AND (p.reminded = 0 OR p.reminded > ").push_bind(i64::from(minutes));
                    query.push(") ORDER BY p.starts_ms LIMIT ").push_bind(i64::from(limit));
                    let rows = query.build().fetch_all(self.reading()).await?;
                    rows.iter().map(|row| Ok(read_planned!(row))).collect()
                }

                async fn note_reminded(&self, id: &ConferenceId, minutes: u32) -> Answer<()> {
                    let mut tx = self.writing().await?;
                    sqlx::query("UPDATE plans SET reminded = $2 WHERE conference = $1")
                        .bind(id.as_str())
                        .bind(i64::from(minutes))
                        .execute(&mut *tx)
                        .await?;
                    Ok(tx.commit().await?)
                }

                async fn clashes(
                    &self,
                    except: &ConferenceId,
                    from: Timestamp,
                    until: Timestamp,
                    sites: &[InvitedSite],
                    people: &[PersonId],
                ) -> Answer<Vec<Clash>> {
                    const DURING: &str = " AND p.cancelled_ms IS NULL AND p.ended_ms IS NULL AND p.starts_ms < ";
                    let mut found = Vec::new();
                    for chunk in sites.chunks(IDS_AT_ONCE) {
                        let mut query = QueryBuilder::<$db>::new(
                            "SELECT s.site AS id, COALESCE(k.name, s.site) AS name, c.id AS conference, \
                             c.title AS title, p.starts_ms AS starts_ms, p.minutes AS minutes \
                             FROM conference_sites s JOIN conferences c ON c.id = s.conference \
                             JOIN plans p ON p.conference = c.id \
                             LEFT JOIN sites k ON k.tree = s.tree AND k.id = s.site WHERE c.id <> ",
                        );
                        query.push_bind(except.as_str().to_owned());
                        query.push(DURING).push_bind(until.0).push(" AND p.ends_ms > ").push_bind(from.0);
                        query.push(" AND s.site IN (");
                        let mut list = query.separated(", ");
                        for site in chunk {
                            list.push_bind(site.id.clone());
                        }
                        query.push(") ORDER BY p.starts_ms, c.id, s.place");
                        for row in query.build().fetch_all(self.reading()).await? {
                            found.push(clash!(row, true, row.try_get("id")?));
                        }
                    }
                    for chunk in people.chunks(IDS_AT_ONCE) {
                        let mut query = QueryBuilder::<$db>::new(
                            "SELECT i.person AS id, i.name AS name, c.id AS conference, c.title AS title, \
                             p.starts_ms AS starts_ms, p.minutes AS minutes FROM invitations i \
                             JOIN conferences c ON c.id = i.conference JOIN plans p ON p.conference = c.id \
                             WHERE i.role = 'chair' AND i.answer NOT IN ('no', 'delegated') AND c.id <> ",
                        );
                        query.push_bind(except.as_str().to_owned());
                        query.push(DURING).push_bind(until.0).push(" AND p.ends_ms > ").push_bind(from.0);
                        query.push(" AND i.person IN (");
                        let mut list = query.separated(", ");
                        for person in chunk {
                            list.push_bind(signed(person.0));
                        }
                        query.push(") ORDER BY p.starts_ms, c.id");
                        for row in query.build().fetch_all(self.reading()).await? {
                            found.push(clash!(row, false, row.try_get::<i64, _>("id")?.to_string()));
                        }
                    }
                    Ok(found)
                }

                async fn standing(&self, id: &ConferenceId, person: PersonId) -> Answer<Standing> {
                    let row = sqlx::query(
                        "SELECT c.created_by AS maker, \
                         (SELECT COUNT(*) FROM invitations i WHERE i.conference = c.id \
                         AND i.role = 'chair') AS chairs, \
                         (SELECT i.role || ' ' || i.answer FROM invitations i WHERE i.conference = c.id \
                         AND i.person = $2 ORDER BY i.place LIMIT 1) AS invited \
                         FROM conferences c WHERE c.id = $1",
                    )
                    .bind(id.as_str())
                    .bind(signed(person.0))
                    .fetch_optional(self.reading())
                    .await?;
                    let Some(row) = row else { return Ok(Standing::default()) };
                    let invited: Option<String> = row.try_get("invited")?;
                    let two = |text: String| {
                        text.split_once(' ').map(|(role, answer)| (role.to_owned(), answer.to_owned()))
                    };
                    Ok(Standing {
                        invited: invited.and_then(two),
                        names_chair: row.try_get::<i64, _>("chairs")? > 0,
                        is_maker: row.try_get::<Option<i64>, _>("maker")? == Some(signed(person.0)),
                    })
                }
            }
        };
    };
}

planning!(SqliteStore, sqlx::Sqlite, super::meetings_sql::sqlite);
planning!(PostgresStore, sqlx::Postgres, super::meetings_sql::postgres);
