/** Reads what somebody typed or chose in a form, by the names of its fields; '' where a field has nothing. */
export function textsOf(form: EventTarget | null): (name: string) => string {
  const data = new FormData(form as HTMLFormElement);
  return (name) => {
    const value = data.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
}
