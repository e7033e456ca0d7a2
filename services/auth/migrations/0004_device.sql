-- What somebody signed in with, as it names itself: a help to tell one's sessions apart, not a proof.
alter table session add column device text check (char_length(device) between 1 and 80);
