-- A time as the API writes it. Stable, not immutable: so the planner can inline it.
create function iso(timestamptz) returns text
language sql stable parallel safe
return to_char($1 at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
