-- Which other cores have met this one, so that readers wait for it wherever they trust those others. A
-- core acknowledges nothing before all that live have.
alter table cache_writers add column met_by uuid[] not null default '{}';
