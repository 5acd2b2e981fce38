// Where people sign in to the console and to the phone app. Their files are the same for everybody and hold
// no secret, so they ask here first: a public client of the provider needs nothing but names.
import { Type, type Static } from 'typebox';
import type { App } from '../platform/app.ts';
import { SettingError, type Settings } from '../platform/settings.ts';

const SignInSchema = Type.Object({
  issuer: Type.String({ description: 'The OpenID provider' }),
  clientId: Type.String({ description: 'What the app is called there' }),
  scope: Type.String({ description: 'What it asks for' }),
  audience: Type.Union([Type.String(), Type.Null()], {
    description: 'For whom it asks, where the provider has to be told',
  }),
});
export type SignIn = Static<typeof SignInSchema>;

const SignInSettingsSchema = Type.Object(
  {
    signIn: Type.Union([SignInSchema, Type.Null()], {
      description: 'Null: by a token that is pasted',
    }),
    developmentTokens: Type.Boolean({
      description: 'Those of `atlas token` are taken: this is no production',
    }),
  },
  { title: 'SignInSettings' },
);
type SignInSettings = Static<typeof SignInSettingsSchema>;

/** Of each app; null where nobody signs in to it at a provider. */
export interface SignIns {
  readonly console: SignIn | null;
  readonly mobile: SignIn | null;
}

/** @throws SettingError for settings that cannot work together. */
export function readSignIns(settings: Settings): SignIns {
  const {
    CONSOLE_OIDC_ISSUER: issuer,
    CONSOLE_OIDC_CLIENT_ID: consoleId,
    CONSOLE_OIDC_AUDIENCE: audience = null,
    CONSOLE_OIDC_SCOPE: consoleScope,
    MOBILE_OIDC_CLIENT_ID: mobileId,
    MOBILE_OIDC_SCOPE: mobileScope,
  } = settings;
  if (issuer === undefined) {
    if (mobileId === undefined) return { console: null, mobile: null };
    throw new SettingError('MOBILE_OIDC_CLIENT_ID needs CONSOLE_OIDC_ISSUER beside it');
  }
  if (consoleId === undefined) {
    throw new SettingError('CONSOLE_OIDC_ISSUER needs CONSOLE_OIDC_CLIENT_ID beside it');
  }
  if (settings.AUTH_JWKS_URL === undefined) {
    throw new SettingError(
      'CONSOLE_OIDC_ISSUER needs AUTH_JWKS_URL, by which its tokens are verified',
    );
  }
  for (const [name, scope] of Object.entries({
    CONSOLE_OIDC_SCOPE: consoleScope,
    MOBILE_OIDC_SCOPE: mobileScope,
  })) {
    if (!scope.split(' ').includes('openid')) {
      throw new SettingError(`${name} must have "openid" in it`);
    }
  }
  const { protocol, hostname } = new URL(issuer);
  if (protocol !== 'https:' && !['localhost', '127.0.0.1'].includes(hostname)) {
    throw new SettingError(
      'CONSOLE_OIDC_ISSUER must begin with https:// unless it is this machine',
    );
  }
  const as = (clientId: string, scope: string) => ({ issuer, clientId, scope, audience });
  return {
    console: as(consoleId, consoleScope),
    mobile: mobileId === undefined ? null : as(mobileId, mobileScope),
  };
}

/** GET /console.json and /mobile.json, which everybody may read. */
export function addSignInSettings(
  app: App,
  signIns: SignIns,
  { developmentTokens }: Pick<SignInSettings, 'developmentTokens'>,
): void {
  const pages = {
    console: ['getConsoleSettings', 'What the console must know before anybody is signed in'],
    mobile: ['getMobileSettings', 'What the phone app must know before anybody is signed in'],
  } as const;
  for (const [name, [operationId, summary]] of Object.entries(pages)) {
    const signIn = signIns[name as keyof SignIns];
    app.get(
      `/${name}.json`,
      {
        config: { public: true },
        schema: {
          operationId,
          summary,
          tags: ['sign-in'],
          response: { 200: SignInSettingsSchema },
        },
      },
      (_request, reply): SignInSettings => {
        reply.header('cache-control', 'no-cache');
        return { signIn, developmentTokens };
      },
    );
  }
}
