-- A process says of each of its roles where it is reached, so its name alone names no row any longer.
alter table nodes drop constraint nodes_pkey;
alter table nodes add primary key (id, role);
