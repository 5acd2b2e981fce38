// Where people sign in to the console. The console's files are the same for everybody and hold no
// secret, so it asks here first: a public client of the provider needs nothing but names.
import { Type, type Static } from 'typebox';
import type { App } from '../platform/http.ts';
import { SettingError, type Settings } from '../platform/settings.ts';

const SignInSchema = Type.Object({
  issuer: Type.String({ description: 'The OpenID provider' }),
  clientId: Type.String({ description: 'What the console is called there' }),
  scope: Type.String({ description: 'What it asks for' }),
  audience: Type.Union([Type.String(), Type.Null()], {
    description: 'For whom it asks, where the provider has to be told',
  }),
});
export type SignIn = Static<typeof SignInSchema>;

const ConsoleSettingsSchema = Type.Object(
  {
    signIn: Type.Union([SignInSchema, Type.Null()], {
      description: 'Null: by a token that is pasted',
    }),
    developmentTokens: Type.Boolean({
      description: 'Those of `atlas token` are taken: this is no production',
    }),
  },
  { title: 'ConsoleSettings' },
);
export type ConsoleSettings = Static<typeof ConsoleSettingsSchema>;

/**
 * Undefined where no provider is set.
 * @throws SettingError for settings that cannot work together.
 */
export function readSignIn(settings: Settings): SignIn | undefined {
  const {
    CONSOLE_OIDC_ISSUER: issuer,
    CONSOLE_OIDC_CLIENT_ID: clientId,
    CONSOLE_OIDC_AUDIENCE: audience = null,
    CONSOLE_OIDC_SCOPE: scope,
  } = settings;
  if (issuer === undefined) return undefined;
  if (clientId === undefined) {
    throw new SettingError('CONSOLE_OIDC_ISSUER needs CONSOLE_OIDC_CLIENT_ID beside it');
  }
  if (settings.AUTH_JWKS_URL === undefined) {
    throw new SettingError(
      'CONSOLE_OIDC_ISSUER needs AUTH_JWKS_URL, by which its tokens are verified',
    );
  }
  if (!scope.split(' ').includes('openid')) {
    throw new SettingError('CONSOLE_OIDC_SCOPE must have "openid" in it');
  }
  const { protocol, hostname } = new URL(issuer);
  if (protocol !== 'https:' && !['localhost', '127.0.0.1'].includes(hostname)) {
    throw new SettingError(
      'CONSOLE_OIDC_ISSUER must begin with https:// unless it is this machine',
    );
  }
  return { issuer, clientId, scope, audience };
}

export function addConsoleSettings(
  app: App,
  {
    signIn = null,
    developmentTokens,
  }: { signIn: SignIn | null | undefined; developmentTokens: boolean },
): void {
  app.get(
    '/console.json',
    {
      config: { public: true },
      schema: {
        operationId: 'getConsoleSettings',
        summary: 'What the console must know before anybody is signed in',
        tags: ['console'],
        response: { 200: ConsoleSettingsSchema },
      },
    },
    (_request, reply): ConsoleSettings => {
      reply.header('cache-control', 'no-cache');
      return { signIn, developmentTokens };
    },
  );
}
