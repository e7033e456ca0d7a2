alter table consumer_position add column next_note text;
alter table user_copy add column next_note text;
