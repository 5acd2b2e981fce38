// The record of who did what, from where, why, and how it went: the newest at the top as they come, older
// ones by scrolling, one of them beside the list.
import './audit.css';
import { useRoute } from 'wouter';
import { useAddress } from '../ui/address.ts';
import { faultIn, Filters, Unreadable, useFilterValues } from '../ui/filters.tsx';
import { SplitView } from '../ui/split-view.tsx';
import { AuditHead } from './audit-head.tsx';
import { AuditList } from './audit-list.tsx';
import { AuditRecordView } from './audit-record.tsx';
import { filters } from './filters.ts';
import { useAuditFeed } from './use-audit-feed.ts';

export function AuditPage() {
  const fault = faultIn(filters, useFilterValues(filters));
  return fault === undefined ? <Audit /> : <CannotAsk fault={fault} />;
}

function CannotAsk({ fault }: { readonly fault: string }) {
  return (
    <SplitView
      label="Audit record"
      backTo="/audit"
      head={
        <>
          <div className="title-row">
            <h1>Audit</h1>
          </div>
          <Filters filters={filters} />
        </>
      }
      list={<Unreadable fault={fault} />}
      detail={undefined}
      none={null}
    />
  );
}

function Audit() {
  const [, route] = useRoute('/audit/:id?');
  const { query } = useAddress();
  const { feed, view } = useAuditFeed();
  const openId = route?.id;
  return (
    <SplitView
      label="Audit record"
      wideList
      backTo={`/audit${query}`}
      head={<AuditHead view={view} />}
      list={<AuditList feed={feed} view={view} openId={openId} />}
      detail={
        openId === undefined ? undefined : (
          <AuditRecordView
            key={openId}
            id={openId}
            known={view.rows.find(({ id }) => id === openId)}
          />
        )
      }
      none={null}
    />
  );
}
