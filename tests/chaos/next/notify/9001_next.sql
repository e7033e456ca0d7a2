alter table notification add column next_note text;
alter table consumer_position add column next_note text;
